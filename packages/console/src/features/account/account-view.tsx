import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { accountQuery, type Account } from '../../shared/api/account.ts';
import { useApi } from '../../shared/api/api-context.ts';
import { CodeBlock } from '../../shared/ui/code-block.tsx';
import { CopyText } from '../../shared/ui/copy-text.tsx';
import { ErrorState } from '../../shared/ui/error-state.tsx';
import { Facts } from '../../shared/ui/facts.tsx';
import { Panel, Section } from '../../shared/ui/section.tsx';
import classes from './account-view.module.css';
import { sdkSnippet } from './sdk-snippet.ts';
import { SecretKey } from './secret-key.tsx';

export function AccountView(): ReactNode {
  const { data, error, refetch } = useQuery(accountQuery(useApi()));
  if (data !== undefined) return <AccountSections account={data} />;
  if (error === null) return <AccountSkeleton />;
  return (
    <Panel>
      <ErrorState error={error} onRetry={() => void refetch()} />
    </Panel>
  );
}

function AccountSections({ account }: { account: Account }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={classes['root']}>
      <Section title={t('account.keys')} text={t('account.keysText')}>
        <Facts
          items={[
            [
              t('account.appId'),
              <CopyText key="a" value={String(account.appId)} what={t('account.appId')} />,
            ],
            [
              t('account.secretId'),
              <CopyText key="i" value={account.secretId} what={t('account.secretId')} wrap />,
            ],
            [t('account.secretKey'), <SecretKey key="k" hint={account.secretKeyHint} />],
          ]}
        />
      </Section>
      <AddressSection account={account} />
      <Section
        title={t('account.snippet')}
        text={<code className={classes['install']}>{t('account.snippetText')}</code>}
      >
        <CodeBlock code={sdkSnippet(account)} label={t('account.snippet')} />
      </Section>
    </div>
  );
}

function AddressSection({ account }: { account: Account }): ReactNode {
  const { t } = useTranslation();
  const { endpoint, receiverAddress, consoleUrl } = account;
  return (
    <Section title={t('account.addresses')} text={t('account.addressesText')}>
      <Facts
        items={[
          [t('account.endpoint'), <CopyText key="e" value={endpoint} what={t('account.endpoint')} wrap />],
          [
            t('account.receiver'),
            receiverAddress === null ? (
              <span className={classes['mute']}>{t('account.receiverNone')}</span>
            ) : (
              <CopyText value={receiverAddress} what={t('account.receiver')} wrap />
            ),
          ],
          [
            t('account.consoleUrl'),
            <CopyText key="c" value={consoleUrl} what={t('account.consoleUrl')} wrap />,
          ],
        ]}
      />
    </Section>
  );
}

function AccountSkeleton(): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={classes['root']} role="status" aria-label={t('common.loading')}>
      <Skeleton height={180} radius="md" />
      <Skeleton height={180} radius="md" />
      <Skeleton height={320} radius="md" />
    </div>
  );
}
