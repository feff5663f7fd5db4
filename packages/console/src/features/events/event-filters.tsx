import { NativeSelect, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { EVENT_STATES, type EventState } from '../../shared/events/event-types.ts';
import classes from './event-list.module.css';
import type { EventFilter } from './event-queries.ts';
import { EVENT_TYPES } from './event-types-list.ts';

export interface EventFiltersProps {
  filter: EventFilter;
  onChange: (filter: EventFilter) => void;
}

export function EventFilters({ filter, onChange }: EventFiltersProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={classes['filters']} role="search">
      <NativeSelect
        aria-label={t('deliveries.type')}
        value={filter.type ?? ''}
        onChange={(event) => onChange({ ...filter, type: event.currentTarget.value || undefined })}
        data={[
          { value: '', label: t('deliveries.anyType') },
          ...EVENT_TYPES.map((type) => ({ value: type, label: type })),
        ]}
      />
      <NativeSelect
        aria-label={t('deliveries.result')}
        value={filter.result ?? ''}
        onChange={(event) => onChange({ ...filter, result: toState(event.currentTarget.value) })}
        data={[
          { value: '', label: t('deliveries.anyResult') },
          ...EVENT_STATES.map((state) => ({ value: state, label: t(`deliveries.states.${state}`) })),
        ]}
      />
      <TextInput
        className={classes['fileFilter'] ?? ''}
        aria-label={t('deliveries.fileId')}
        placeholder="FileId"
        maxLength={64}
        value={filter.fileId ?? ''}
        onChange={(event) => onChange({ ...filter, fileId: event.currentTarget.value.trim() || undefined })}
      />
    </div>
  );
}

function toState(value: string): EventState | undefined {
  return EVENT_STATES.find((state) => state === value);
}
