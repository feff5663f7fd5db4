import { Button } from '@mantine/core';
import { useEffect, useEffectEvent, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './load-more.module.css';

/** Loads the next page when it comes near the view; a button too, for the keyboard and after an error. */
export function LoadMore({ loading, onLoad }: { loading: boolean; onLoad: () => void }): ReactNode {
  const { t } = useTranslation();
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
      <Button variant="default" size="xs" loading={loading} onClick={onLoad}>
        {t('common.loadMore')}
      </Button>
    </div>
  );
}
