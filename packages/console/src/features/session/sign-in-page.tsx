import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { useErrorText } from '../../shared/ui/error-text.ts';
import { Logo } from '../../shared/ui/logo.tsx';
import { useDocumentTitle } from '../../shared/ui/use-document-title.ts';
import { signIn } from './session-query.ts';
import classes from './sign-in-page.module.css';

export function SignInPage(): ReactNode {
  const { t } = useTranslation();
  useDocumentTitle(t('signIn.submit'));
  return (
    <main className={classes['root']}>
      <div className={classes['card']}>
        <Logo size={36} />
        <h1 className={classes['title']}>{t('signIn.title')}</h1>
        <p className={classes['lead']}>{t('signIn.lead')}</p>
        <SignInForm />
        <div className={classes['help']}>
          <strong>{t('signIn.where')}</strong>
          {t('signIn.whereText')}
        </div>
      </div>
    </main>
  );
}

function SignInForm(): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const [secretId, setSecretId] = useState('');
  const [secretKey, setSecretKey] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => signIn(api, { secretId: secretId.trim(), secretKey: secretKey.trim() }),
    onSuccess: (session) => queryClient.setQueryData(queryKeys.session, session),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    mutate();
  };
  return (
    <form className={classes['form']} onSubmit={submit}>
      <TextInput
        label={t('signIn.secretId')}
        name="secretId"
        autoComplete="username"
        autoCapitalize="off"
        spellCheck={false}
        required
        withAsterisk={false}
        autoFocus
        value={secretId}
        onChange={(event) => setSecretId(event.currentTarget.value)}
      />
      <PasswordInput
        label={t('signIn.secretKey')}
        name="secretKey"
        autoComplete="current-password"
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ 'aria-label': t('signIn.showKey') }}
        value={secretKey}
        onChange={(event) => setSecretKey(event.currentTarget.value)}
      />
      {error === null ? null : (
        <Alert color="red" role="alert" title={t('signIn.failed')}>
          {errorText(error)}
        </Alert>
      )}
      <Button type="submit" loading={isPending} fullWidth>
        {t('signIn.submit')}
      </Button>
    </form>
  );
}
