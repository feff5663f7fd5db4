import { Button } from '@mantine/core';
import { useEffect, useEffectEvent, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './load-more.module.css';

interface PagedQuery {
  hasNextPage: boolean;
  isFetching: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => Promise<unknown>;
}

/** Loads the next page when it comes near the view; a button too, for the keyboard and after an error. */
export function LoadMore({ query }: { query: PagedQuery }): ReactNode {
  return query.hasNextPage ? <More query={query} /> : null;
}

function More({ query }: { query: PagedQuery }): ReactNode {
  const { t } = useTranslation();
  const onLoad = (): void => void (query.isFetching ? undefined : query.fetchNextPage());
  const anchor = useRef<HTMLDivElement>(null);
  const load = useEffectEvent(onLoad);
  useEffect(() => {
    const element = anchor.current;
    if (element === null) return undefined;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting === true && load(), {
      rootMargin: '400px',
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div className={classes['root']} ref={anchor}>
      <Button variant="default" size="xs" loading={query.isFetchingNextPage} onClick={onLoad}>
        {t('common.loadMore')}
      </Button>
    </div>
  );
}
