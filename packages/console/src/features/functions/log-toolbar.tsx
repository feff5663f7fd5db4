import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import classes from './function-logs.module.css';
import { versionsQuery } from './function-queries.ts';
import type { FunctionKey } from './function-types.ts';
import { LOG_RESULTS, LOG_SINCE, parseLogFilter, type LogFilter } from './log-filter.ts';

export interface LogToolbarProps {
  fn: FunctionKey;
  filter: LogFilter;
  onFilter: (filter: LogFilter) => void;
}

/** The filters of the cloud's log page, and whether the list follows the server. */
export function LogToolbar({ fn, filter, onFilter }: LogToolbarProps): ReactNode {
  const { t } = useTranslation();
  const { data } = useQuery(versionsQuery(useApi(), fn));
  const set = (more: Record<string, string>): void => onFilter(parseLogFilter({ ...filter, ...more }));
  return (
    <div className={classes['toolbar']} role="search">
      <NativeSelect
        aria-label={t('fn.logs.result')}
        value={filter.outcome ?? ''}
        onChange={(event) => set({ outcome: event.currentTarget.value })}
        data={[
          { value: '', label: t('fn.logs.anyResult') },
          ...Object.keys(LOG_RESULTS).map((value) => ({
            value,
            label: t(`fn.logs.results.${value as keyof typeof LOG_RESULTS}`),
          })),
        ]}
      />
      <NativeSelect
        aria-label={t('fn.logs.since')}
        value={filter.since ?? ''}
        onChange={(event) => set({ since: event.currentTarget.value })}
        data={[
          { value: '', label: t('fn.logs.anyTime') },
          ...Object.keys(LOG_SINCE).map((value) => ({
            value,
            label: t(`fn.logs.sinces.${value as keyof typeof LOG_SINCE}`),
          })),
        ]}
      />
      <NativeSelect
        aria-label={t('fn.version')}
        value={filter.version ?? ''}
        onChange={(event) => set({ version: event.currentTarget.value })}
        data={[
          { value: '', label: t('fn.logs.anyVersion') },
          ...(data?.Versions.map(({ Version }) => Version) ?? []),
        ]}
      />
      <TextFilter
        key={`id ${filter.id ?? ''}`}
        label="RequestId"
        value={filter.id}
        onSet={(id) => set({ id })}
      />
      <TextFilter
        key={`text ${filter.text ?? ''}`}
        label={t('fn.logs.text')}
        value={filter.text}
        onSet={(text) => set({ text })}
      />
      <Button
        variant="default"
        aria-pressed={filter.until === undefined}
        leftSection={
          filter.until === undefined ? (
            <IconPlayerPause size={16} aria-hidden />
          ) : (
            <IconPlayerPlay size={16} aria-hidden />
          )
        }
        onClick={() => set({ until: filter.until === undefined ? new Date().toISOString() : '' })}
      >
        {filter.until === undefined ? t('fn.logs.pause') : t('fn.logs.follow')}
      </Button>
    </div>
  );
}

interface TextFilterProps {
  label: string;
  value: string | undefined;
  onSet: (value: string) => void;
}

/** Asked for when it is left or on Enter: not at every letter. */
function TextFilter({ label, value = '', onSet }: TextFilterProps): ReactNode {
  return (
    <TextInput
      className={classes['text'] ?? ''}
      aria-label={label}
      placeholder={label}
      maxLength={200}
      defaultValue={value}
      onBlur={(event) => {
        if (event.currentTarget.value.trim() !== value) onSet(event.currentTarget.value.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onSet(event.currentTarget.value.trim());
      }}
    />
  );
}
