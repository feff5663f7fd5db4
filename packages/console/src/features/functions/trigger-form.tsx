import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { useScfAction } from '../../shared/api/use-vod-action.ts';
import { ApiFields } from '../../shared/gateway/api-fields.tsx';
import { ErrorAlert } from '../../shared/ui/error-alert.tsx';
import { FormButtons } from '../../shared/ui/form-buttons.tsx';
import classes from './function-detail.module.css';
import { aliasesQuery, toRequest, versionsQuery } from './function-queries.ts';
import type { FunctionKey } from './function-types.ts';
import {
  isTriggerType,
  newTriggerDraft,
  toTriggerRequest,
  TRIGGER_TYPES,
  type TriggerDraft,
} from './trigger-draft.ts';

export interface TriggerFormProps {
  fn: FunctionKey;
  /** Timers cannot call web functions. */
  isWeb: boolean;
  onClose: () => void;
}

export function TriggerForm({ fn, isWeb, onClose }: TriggerFormProps): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const { data: versions } = useQuery(versionsQuery(api, fn));
  const { data: aliases } = useQuery(aliasesQuery(api, fn));
  const [draft, setDraft] = useState(() => newTriggerDraft(fn.name));
  const { mutate, isPending, error } = useScfAction({
    stale: [queryKeys.functions, queryKeys.gateway],
    done: t('fn.triggers.created'),
    onDone: onClose,
  });
  const change = (more: Partial<TriggerDraft>): void => setDraft({ ...draft, ...more });
  const types = TRIGGER_TYPES.filter((type) => type !== 'timer' || !isWeb);
  return (
    <form
      className={classes['form']}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        mutate({ action: 'CreateTrigger', parameters: { ...toRequest(fn), ...toTriggerRequest(draft) } });
      }}
    >
      <div className={classes['fields']}>
        <NativeSelect
          label={t('fn.triggers.type')}
          value={draft.type}
          data={types.map((value) => ({ value, label: t(`fn.triggers.types.${value}`) }))}
          onChange={({ currentTarget: { value } }) => {
            if (isTriggerType(value)) change({ type: value });
          }}
        />
        <TextInput
          label={t('fn.triggers.name')}
          maxLength={100}
          value={draft.name}
          onChange={(event) => change({ name: event.currentTarget.value.trim() })}
        />
        <NativeSelect
          label={t('fn.triggers.qualifier')}
          value={draft.qualifier}
          data={[
            ...(versions?.Versions.map(({ Version }) => Version) ?? ['$LATEST']),
            ...(aliases?.Aliases.map(({ Name }) => Name) ?? []),
          ]}
          onChange={(event) => change({ qualifier: event.currentTarget.value })}
        />
      </div>
      <TypeFields draft={draft} onChange={change} />
      <ErrorAlert error={error} />
      <FormButtons submit={t('common.create')} isPending={isPending} onCancel={onClose} />
    </form>
  );
}

interface TypeFieldsProps {
  draft: TriggerDraft;
  onChange: (change: Partial<TriggerDraft>) => void;
}

function TypeFields({ draft, onChange }: TypeFieldsProps): ReactNode {
  const { t } = useTranslation();
  if (draft.type === 'apigw')
    return <ApiFields draft={draft.api} onChange={(more) => onChange({ api: { ...draft.api, ...more } })} />;
  if (draft.type === 'timer')
    return (
      <>
        <TextInput
          label={t('fn.triggers.cron')}
          description={t('fn.triggers.cronText')}
          spellCheck={false}
          value={draft.cron}
          onChange={(event) => onChange({ cron: event.currentTarget.value })}
        />
        <TextInput
          label={t('fn.triggers.message')}
          maxLength={4096}
          value={draft.message}
          onChange={(event) => onChange({ message: event.currentTarget.value })}
        />
      </>
    );
  return (
    <>
      <NativeSelect
        label={t('fn.triggers.auth')}
        value={draft.auth}
        data={[
          { value: 'NONE', label: t('fn.triggers.authNone') },
          { value: 'CAM', label: t('fn.triggers.authCam') },
        ]}
        onChange={(event) => onChange({ auth: event.currentTarget.value === 'CAM' ? 'CAM' : 'NONE' })}
      />
      <Checkbox
        size="xs"
        label={t('fn.triggers.cors')}
        checked={draft.hasCors}
        onChange={(event) => onChange({ hasCors: event.currentTarget.checked })}
      />
    </>
  );
}
