import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { classesQuery, toClassChoices } from './class-queries.ts';
import { CATEGORIES, FILTER_STATUSES, parseMediaFilter, SORTS, type MediaFilter } from './media-filter.ts';
import classes from './media-list.module.css';
import { MediaSearch } from './media-search.tsx';

export interface MediaFiltersProps {
  filter: MediaFilter;
  onChange: (filter: MediaFilter) => void;
}

export function MediaFilters({ filter, onChange }: MediaFiltersProps): ReactNode {
  const { t } = useTranslation();
  const { data = [] } = useQuery(classesQuery(useApi()));
  const set = (change: Record<string, unknown>): void => onChange(parseMediaFilter({ ...filter, ...change }));
  return (
    <div className={classes['filters']} role="search" aria-label={t('media.filters')}>
      <NativeSelect
        aria-label={t('media.status')}
        value={filter.status ?? ''}
        onChange={(event) => set({ status: event.currentTarget.value })}
        data={[
          { value: '', label: t('media.anyStatus') },
          ...FILTER_STATUSES.map((value) => ({ value, label: t(`media.statusNames.${value}`) })),
        ]}
      />
      <NativeSelect
        aria-label={t('media.category')}
        value={filter.category ?? ''}
        onChange={(event) => set({ category: event.currentTarget.value })}
        data={[
          { value: '', label: t('media.anyCategory') },
          ...CATEGORIES.map((value) => ({ value, label: t(`media.categories.${value}`) })),
        ]}
      />
      {data.length < 2 ? null : (
        <NativeSelect
          aria-label={t('media.class')}
          value={String(filter.classId ?? '')}
          onChange={({ currentTarget: { value } }) =>
            set({ classId: value === '' ? undefined : Number(value) })
          }
          data={[{ value: '', label: t('media.anyClass') }, ...toClassChoices(data)]}
        />
      )}
      <MediaSearch kind="tag" value={filter.tag ?? ''} onChange={(tag) => set({ tag })} />
      <NativeSelect
        aria-label={t('media.sort')}
        value={filter.sort ?? 'newest'}
        onChange={(event) => set({ sort: event.currentTarget.value })}
        data={SORTS.map((value) => ({ value, label: t(`media.sorts.${value}`) }))}
      />
    </div>
  );
}
