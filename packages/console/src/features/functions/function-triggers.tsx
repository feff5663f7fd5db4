import { Button } from '@mantine/core';
import { IconBolt } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { isRecord } from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { useScfAction } from '../../shared/api/use-vod-action.ts';
import { ConfirmButton } from '../../shared/ui/confirm-button.tsx';
import { CopyText } from '../../shared/ui/copy-text.tsx';
import { DataCell, DataRow, DataTable } from '../../shared/ui/data-table.tsx';
import { DialogButton } from '../../shared/ui/dialog-button.tsx';
import { EmptyState } from '../../shared/ui/empty-state.tsx';
import { Section } from '../../shared/ui/section.tsx';
import { StatusBadge } from '../../shared/ui/status-badge.tsx';
import { addressOf, parseSettings } from './addresses.ts';
import classes from './function-detail.module.css';
import { functionDetailQuery, toRequest } from './function-queries.ts';
import type { FunctionDetail, FunctionKey, Trigger } from './function-types.ts';
import { PendingDetail } from './pending-detail.tsx';
import { TriggerForm } from './trigger-form.tsx';
import { isTriggerType } from './trigger-draft.ts';

/** What calls a function: addresses and timers. */
export function FunctionTriggers({ fn }: { fn: FunctionKey }): ReactNode {
  const { t } = useTranslation();
  const query = useQuery(functionDetailQuery(useApi(), fn));
  if (query.data === undefined) return <PendingDetail query={query} />;
  const detail = query.data;
  return (
    <Section
      title={t('fn.triggers.title')}
      text={t('fn.triggers.text')}
      actions={
        <DialogButton label={t('fn.triggers.add')} title={t('fn.triggers.add')} dialogSize="lg">
          {(close) => <TriggerForm fn={fn} isWeb={detail.Type === 'HTTP'} onClose={close} />}
        </DialogButton>
      }
    >
      {detail.Triggers.length === 0 ? (
        <EmptyState
          icon={<IconBolt size={22} aria-hidden />}
          title={t('fn.triggers.none')}
          text={t('fn.triggers.noneText')}
        />
      ) : (
        <TriggerTable fn={fn} detail={detail} />
      )}
    </Section>
  );
}

function TriggerTable({ fn, detail }: { fn: FunctionKey; detail: FunctionDetail }): ReactNode {
  const { t } = useTranslation();
  const columns = [
    { key: 'type', title: t('fn.triggers.type') },
    { key: 'where', title: t('fn.triggers.where') },
    { key: 'qualifier', title: t('fn.triggers.qualifier') },
    { key: 'state', title: t('fn.triggers.state') },
    { key: 'actions', title: t('common.actions'), align: 'right' as const },
  ];
  return (
    <DataTable label={t('fn.triggers.title')} columns={columns}>
      {detail.Triggers.map((trigger) => (
        <TriggerRow key={`${trigger.Type}/${trigger.TriggerName}`} fn={fn} trigger={trigger} />
      ))}
    </DataTable>
  );
}

function TriggerRow({ fn, trigger }: { fn: FunctionKey; trigger: Trigger }): ReactNode {
  const { t } = useTranslation();
  const { Type: type, TriggerName: name, Qualifier, Enable, Description } = trigger;
  const isOn = Enable === 1;
  return (
    <DataRow>
      <DataCell>
        <div>{isTriggerType(type) ? t(`fn.triggers.types.${type}`) : type}</div>
        <div className={classes['mute']}>{[name, Description].filter((text) => text !== '').join(' · ')}</div>
      </DataCell>
      <DataCell className={classes['where']}>
        <TriggerPlace trigger={trigger} />
      </DataCell>
      <DataCell>{Qualifier}</DataCell>
      <DataCell>
        <StatusBadge tone={isOn ? 'success' : 'neutral'}>
          {isOn ? t('fn.triggers.open') : t('fn.triggers.closed')}
        </StatusBadge>
      </DataCell>
      <DataCell align="right">
        <TriggerActions fn={fn} trigger={trigger} />
      </DataCell>
    </DataRow>
  );
}

/** Its address with the key pair that opens it, or its schedule. */
function TriggerPlace({ trigger }: { trigger: Trigger }): ReactNode {
  const { t } = useTranslation();
  const settings = parseSettings(trigger.TriggerDesc);
  const address = addressOf(trigger);
  if (address === undefined) {
    const { cron } = settings;
    return <span className={classes['mono']}>{typeof cron === 'string' ? cron : trigger.TriggerDesc}</span>;
  }
  const { api } = settings;
  const pair = isRecord(api) && isRecord(api['keyPair']) ? api['keyPair'] : {};
  return (
    <>
      <CopyText value={address} what={t('functions.address')} />
      {typeof pair['secretId'] === 'string' ? (
        <CopyText value={pair['secretId']} what={t('gateway.keyShort')} />
      ) : null}
    </>
  );
}

function TriggerActions({ fn, trigger }: { fn: FunctionKey; trigger: Trigger }): ReactNode {
  const { t } = useTranslation();
  const stale = [queryKeys.functions, queryKeys.gateway];
  const failed = t('fn.refused');
  const update = useScfAction({ stale, failed, done: t('fn.triggers.updated') });
  const remove = useScfAction({ stale, failed, done: t('fn.triggers.deleted') });
  const { TriggerName, Type, Enable, Qualifier } = trigger;
  const parameters = { ...toRequest(fn), TriggerName, Type, Qualifier };
  return (
    <span className={classes['rowActions']}>
      <Button
        size="compact-xs"
        variant="default"
        loading={update.isPending}
        onClick={() =>
          update.mutate({
            action: 'UpdateTriggerStatus',
            parameters: { ...parameters, Enable: Enable === 1 ? 'CLOSE' : 'OPEN' },
          })
        }
      >
        {Enable === 1 ? t('fn.triggers.turnOff') : t('fn.triggers.turnOn')}
      </Button>
      <ConfirmButton
        size="compact-xs"
        label={t('common.delete')}
        title={t('fn.triggers.deleteTitle', { name: TriggerName })}
        text={t('fn.triggers.deleteText')}
        loading={remove.isPending}
        onConfirm={() => remove.mutate({ action: 'DeleteTrigger', parameters })}
      />
    </span>
  );
}
