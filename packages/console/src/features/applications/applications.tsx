import { Alert, Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { useVodAction } from '../../shared/api/use-vod-action.ts';
import { DataCell, DataRow, DataTable } from '../../shared/ui/data-table.tsx';
import { useErrorText } from '../../shared/ui/error-text.ts';
import { Section } from '../../shared/ui/section.tsx';
import { StatusBadge } from '../../shared/ui/status-badge.tsx';
import { TimeText } from '../../shared/ui/time-text.tsx';
import { applicationsQuery, type Application } from './application-queries.ts';
import classes from './applications.module.css';

/** The account's applications: each has files, templates and callback settings of its own. */
export function Applications(): ReactNode {
  const { t } = useTranslation();
  const { data = [] } = useQuery(applicationsQuery(useApi()));
  const columns = [
    { key: 'name', title: t('media.name') },
    { key: 'id', title: 'SubAppId' },
    { key: 'status', title: t('media.status') },
    { key: 'created', title: t('media.created'), align: 'right' as const },
    { key: 'actions', title: t('common.actions'), align: 'right' as const },
  ];
  return (
    <Section title={t('applications.title')} text={t('applications.text')}>
      <DataTable label={t('applications.title')} columns={columns}>
        {data.map((application, index) => (
          <ApplicationRow key={application.SubAppId} application={application} isPrimary={index === 0} />
        ))}
      </DataTable>
      <NewApplication />
    </Section>
  );
}

interface ApplicationRowProps {
  application: Application;
  isPrimary: boolean;
}

function ApplicationRow({ application, isPrimary }: ApplicationRowProps): ReactNode {
  const { t } = useTranslation();
  const { SubAppId, Name, Status, CreateTime } = application;
  const isOn = Status === 'On';
  const { mutate, isPending } = useVodAction({
    stale: [queryKeys.applications],
    done: t('applications.changed'),
    failed: t('templates.refused'),
  });
  return (
    <DataRow>
      <DataCell>
        {Name === '' ? SubAppId : Name}{' '}
        {isPrimary ? <span className={classes['mute']}>{t('applications.primary')}</span> : null}
      </DataCell>
      <DataCell>{SubAppId}</DataCell>
      <DataCell>
        <StatusBadge tone={isOn ? 'success' : 'neutral'}>
          {isOn ? t('events.on') : t('events.off')}
        </StatusBadge>
      </DataCell>
      <DataCell align="right">
        <TimeText iso={CreateTime} />
      </DataCell>
      <DataCell align="right">
        {isPrimary ? null : (
          <Button
            variant="default"
            size="compact-xs"
            loading={isPending}
            onClick={() =>
              mutate({
                action: 'ModifySubAppIdStatus',
                parameters: { SubAppId, Status: isOn ? 'Off' : 'On' },
              })
            }
          >
            {isOn ? t('applications.turnOff') : t('applications.turnOn')}
          </Button>
        )}
      </DataCell>
    </DataRow>
  );
}

function NewApplication(): ReactNode {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [name, setName] = useState('');
  const { mutate, isPending, error } = useVodAction({
    stale: [queryKeys.applications],
    done: t('applications.created'),
    onDone: () => setName(''),
  });
  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault();
        mutate({ action: 'CreateSubAppId', parameters: { Name: name } });
      }}
    >
      <TextInput
        className={classes['grow'] ?? ''}
        label={t('applications.newName')}
        maxLength={40}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" loading={isPending} disabled={name.trim() === ''}>
        {t('applications.create')}
      </Button>
      {error === null ? null : (
        <Alert className={classes['grow'] ?? ''} color="red" role="alert">
          {errorText(error)}
        </Alert>
      )}
    </form>
  );
}
