import { Alert, Button, NativeSelect } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { CopyText } from '../../shared/ui/copy-text.tsx';
import { ErrorAlert } from '../../shared/ui/error-alert.tsx';
import { endpointWithSecret } from './endpoint-queries.ts';
import classes from './event-list.module.css';

/** Shown once: the server does not tell it again. */
export function EndpointSecret({ secret, onClose }: { secret: string; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={classes['form']}>
      <Alert color="yellow" role="status" title={t('endpoints.once')}>
        <CopyText value={secret} what={t('endpoints.secret')} wrap />
      </Alert>
      <p className={classes['note']}>{t('endpoints.verify')}</p>
      <div className={classes['formActions']}>
        <Button onClick={onClose}>{t('common.close')}</Button>
      </div>
    </div>
  );
}

const OVERLAPS = { none: 0, hour: 3600, day: 86_400, week: 604_800 } as const;
type Overlap = keyof typeof OVERLAPS;

/** A new secret, while the earlier ones go on holding for a while. */
export function RotateSecret({
  endpointId,
  onClose,
}: {
  endpointId: string;
  onClose: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queryClient = useQueryClient();
  const [overlap, setOverlap] = useState<Overlap>('day');
  const { data, mutate, isPending, error } = useMutation({
    mutationFn: () =>
      api.request(`/endpoints/${endpointId}/rotate`, endpointWithSecret, {
        method: 'POST',
        body: { overlapSec: OVERLAPS[overlap] },
      }),
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: queryKeys.endpoints }),
    gcTime: 0,
  });
  if (data !== undefined) return <EndpointSecret secret={data.secret} onClose={onClose} />;
  return (
    <div className={classes['form']}>
      <p className={classes['note']}>{t('endpoints.rotateText')}</p>
      <NativeSelect
        label={t('endpoints.overlap')}
        value={overlap}
        onChange={(event) => setOverlap(event.currentTarget.value as Overlap)}
        data={Object.keys(OVERLAPS).map((value) => ({
          value,
          label: t(`endpoints.overlaps.${value as Overlap}`),
        }))}
      />
      <ErrorAlert error={error} />
      <div className={classes['formActions']}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button loading={isPending} onClick={() => mutate()}>
          {t('endpoints.rotate')}
        </Button>
      </div>
    </div>
  );
}
