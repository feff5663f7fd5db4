import { NativeSelect } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { useScfAction } from '../../shared/api/use-vod-action.ts';
import { newApiDraft, newTriggerName, toTriggerDesc } from '../../shared/gateway/api-draft.ts';
import { ApiFields } from '../../shared/gateway/api-fields.tsx';
import { DialogButton } from '../../shared/ui/dialog-button.tsx';
import { ErrorAlert } from '../../shared/ui/error-alert.tsx';
import { FormButtons } from '../../shared/ui/form-buttons.tsx';
import { functionNamesQuery } from './gateway-queries.ts';
import classes from './gateway-view.module.css';

interface Target {
  name: string;
  namespace: string;
}

/** Makes an API, as a trigger of the function that it calls. */
export function NewApi(): ReactNode {
  const { t } = useTranslation();
  const { data: functions = [] } = useQuery(functionNamesQuery(useApi()));
  if (functions.length === 0) return null;
  return (
    <DialogButton
      leftSection={<IconPlus size={16} aria-hidden />}
      label={t('gateway.add')}
      title={t('gateway.add')}
      dialogSize="lg"
    >
      {(close) => <ApiForm functions={functions} onClose={close} />}
    </DialogButton>
  );
}

function ApiForm({ functions, onClose }: { functions: readonly Target[]; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [index, setIndex] = useState(0);
  const target = functions[index];
  const [draft, setDraft] = useState(() => newApiDraft(target?.name ?? ''));
  const { mutate, isPending, error } = useScfAction({
    stale: [queryKeys.gateway, queryKeys.functions],
    done: t('gateway.created'),
    onDone: onClose,
  });
  if (target === undefined) return null;
  const choose = (next: number): void => {
    setIndex(next);
    setDraft({ ...draft, path: newApiDraft(functions[next]?.name ?? '').path });
  };
  return (
    <form
      className={classes['form']}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const parameters = {
          FunctionName: target.name,
          Namespace: target.namespace,
          Type: 'apigw',
          TriggerName: newTriggerName(target.name),
          TriggerDesc: toTriggerDesc(draft),
          Enable: 'OPEN',
        };
        mutate({ action: 'CreateTrigger', parameters });
      }}
    >
      <NativeSelect
        label={t('gateway.function')}
        value={String(index)}
        data={functions.map(({ name, namespace }, at) => ({
          value: String(at),
          label: namespace === 'default' ? name : `${namespace} / ${name}`,
        }))}
        onChange={(event) => choose(Number(event.currentTarget.value))}
      />
      <ApiFields draft={draft} onChange={(more) => setDraft({ ...draft, ...more })} />
      <ErrorAlert error={error} />
      <FormButtons submit={t('common.create')} isPending={isPending} onCancel={onClose} />
    </form>
  );
}
