import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { object, text } from '../../shared/api/decode.ts';
import { CopyText } from '../../shared/ui/copy-text.tsx';
import { useErrorText } from '../../shared/ui/error-text.ts';
import { notifyError } from '../../shared/ui/notify.ts';
import classes from './account-view.module.css';

const revealed = object({ secretKey: text });

/** Hidden until asked for; it is fetched only then, and forgotten when hidden again. */
export function SecretKey({ hint }: { hint: string }): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const errorText = useErrorText();
  const { data, mutate, reset, isPending } = useMutation({
    mutationFn: () => api.request('/account/reveal', revealed, { method: 'POST' }),
    onError: (error) => notifyError(t('account.secretKey'), errorText(error)),
    gcTime: 0,
  });
  return (
    <span className={classes['key']}>
      {data === undefined ? (
        <span className={classes['hidden']}>{hint === '' ? '••••••••••••' : hint.replaceAll('*', '•')}</span>
      ) : (
        <CopyText value={data.secretKey} what={t('account.secretKey')} wrap />
      )}
      <Button
        variant="default"
        size="compact-xs"
        loading={isPending}
        aria-label={`${data === undefined ? t('account.reveal') : t('account.hide')} ${t('account.secretKey')}`}
        onClick={() => (data === undefined ? mutate() : reset())}
      >
        {data === undefined ? t('account.reveal') : t('account.hide')}
      </Button>
    </span>
  );
}
