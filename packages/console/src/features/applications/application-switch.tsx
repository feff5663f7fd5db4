import { NativeSelect } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { readApplication, storeApplication } from '../../shared/api/application.ts';
import classes from './applications.module.css';
import { applicationsQuery } from './application-queries.ts';

/** Which application the pages show; not there while there is only one. */
export function ApplicationSwitch(): ReactNode {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { data = [] } = useQuery(applicationsQuery(useApi()));
  const [chosen, setChosen] = useState(() => readApplication(localStorage));
  if (data.length < 2) return null;
  return (
    <NativeSelect
      className={classes['switch'] ?? ''}
      size="xs"
      aria-label={t('applications.switch')}
      value={String(chosen ?? data[0]?.SubAppId ?? '')}
      data={data.map(({ SubAppId, Name }) => ({ value: String(SubAppId), label: Name || String(SubAppId) }))}
      onChange={(event) => {
        const subAppId = Number(event.currentTarget.value);
        const next = subAppId === data[0]?.SubAppId ? null : subAppId;
        storeApplication(localStorage, next);
        setChosen(next);
        // Everything on the screen is the other application's.
        void queryClient.resetQueries();
      }}
    />
  );
}
