import { Button, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ApiError } from '../../shared/api/api-error.ts';
import { useApi } from '../../shared/api/api-context.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { useScfAction } from '../../shared/api/use-vod-action.ts';
import { ErrorAlert } from '../../shared/ui/error-alert.tsx';
import { useErrorText } from '../../shared/ui/error-text.ts';
import { Section } from '../../shared/ui/section.tsx';
import {
  fieldOfError,
  MEMORY_SIZES,
  NETWORKS,
  toChanges,
  toDraft,
  type ConfigurationDraft,
  type Network,
} from './configuration-draft.ts';
import { DeleteFunction } from './delete-function.tsx';
import { EnvironmentVariables } from './environment-variables.tsx';
import classes from './function-detail.module.css';
import { functionDetailQuery, toRequest } from './function-queries.ts';
import type { FunctionDetail, FunctionKey } from './function-types.ts';
import { PendingDetail } from './pending-detail.tsx';
import { RetrySettings } from './retry-settings.tsx';

export interface FunctionConfigurationProps {
  fn: FunctionKey;
  onDeleted: () => void;
}

/** What UpdateFunctionConfiguration changes, how asynchronous calls are repeated, and the end of the function. */
export function FunctionConfiguration({ fn, onDeleted }: FunctionConfigurationProps): ReactNode {
  const query = useQuery(functionDetailQuery(useApi(), fn));
  if (query.data === undefined) return <PendingDetail query={query} />;
  return (
    <>
      <ConfigurationForm fn={fn} detail={query.data} />
      {query.data.Type === 'HTTP' ? null : <RetrySettings fn={fn} />}
      <DeleteFunction fn={fn} onDeleted={onDeleted} />
    </>
  );
}

function ConfigurationForm({ fn, detail }: { fn: FunctionKey; detail: FunctionDetail }): ReactNode {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [edits, setEdits] = useState<Partial<ConfigurationDraft>>({});
  const saved = toDraft(detail);
  const draft = { ...saved, ...edits };
  const changes = toChanges(saved, draft);
  const isDirty = Object.keys(changes).length > 0;
  const { mutate, isPending, error, reset } = useScfAction({
    stale: [queryKeys.functions],
    done: t('fn.changed'),
    onDone: () => setEdits({}),
  });
  const change = (more: Partial<ConfigurationDraft>): void => setEdits({ ...edits, ...more });
  const field = error instanceof ApiError ? fieldOfError(error.code) : undefined;
  const errorAt = (name: keyof ConfigurationDraft): string | null =>
    error !== null && field === name ? errorText(error) : null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    mutate({ action: 'UpdateFunctionConfiguration', parameters: { ...toRequest(fn), ...changes } });
  };
  return (
    <form className={classes['form']} onSubmit={submit} noValidate>
      <Basics draft={draft} isWeb={detail.Type === 'HTTP'} errorAt={errorAt} onChange={change} />
      <Section title={t('fn.config.network')} text={t('fn.config.networkText')}>
        <NativeSelect
          aria-label={t('fn.config.network')}
          value={draft.network}
          onChange={(event) => change({ network: event.currentTarget.value })}
          data={NETWORKS.map((value) => ({ value, label: t(`fn.config.networks.${nameOf(value)}`) }))}
        />
      </Section>
      <EnvironmentVariables
        variables={draft.variables}
        error={errorAt('variables')}
        onChange={(variables) => change({ variables })}
      />
      <ErrorAlert error={field === undefined ? error : null} title={t('fn.refused')} />
      {isDirty ? (
        <div className={classes['bar']}>
          <span role="status">{t('events.unsaved')}</span>
          <div className={classes['buttons']}>
            <Button
              variant="default"
              onClick={() => {
                setEdits({});
                reset();
              }}
            >
              {t('fn.config.discard')}
            </Button>
            <Button type="submit" loading={isPending}>
              {t('fn.config.save')}
            </Button>
          </div>
        </div>
      ) : null}
    </form>
  );
}

function nameOf(network: Network): Exclude<Network, ''> | 'default' {
  return network === '' ? 'default' : network;
}

interface BasicsProps {
  draft: ConfigurationDraft;
  isWeb: boolean;
  errorAt: (name: keyof ConfigurationDraft) => string | null;
  onChange: (change: Partial<ConfigurationDraft>) => void;
}

function Basics({ draft, isWeb, errorAt, onChange }: BasicsProps): ReactNode {
  const { t } = useTranslation();
  const numbers = [
    ['Timeout', t('fn.config.timeout')],
    ['InitTimeout', t('fn.config.initTimeout')],
    ...(isWeb ? [['MaxConcurrency', t('fn.config.concurrency')] as const] : []),
  ] as const;
  return (
    <Section title={t('fn.config.basics')}>
      <div className={classes['form']}>
        <TextInput
          label={t('fn.config.description')}
          maxLength={1000}
          value={draft.Description}
          error={errorAt('Description')}
          onChange={(event) => onChange({ Description: event.currentTarget.value })}
        />
        <div className={classes['fields']}>
          <NativeSelect
            label={t('fn.config.memory')}
            value={String(draft.MemorySize)}
            error={errorAt('MemorySize')}
            onChange={(event) => onChange({ MemorySize: Number(event.currentTarget.value) })}
            data={MEMORY_SIZES.map((size) => ({ value: String(size), label: `${size} MB` }))}
          />
          {numbers.map(([name, label]) => (
            <NumberInput
              key={name}
              label={label}
              min={1}
              allowDecimal={false}
              clampBehavior="none"
              value={draft[name]}
              error={errorAt(name)}
              onChange={(value) => onChange({ [name]: Number(value) })}
            />
          ))}
        </div>
      </div>
    </Section>
  );
}
