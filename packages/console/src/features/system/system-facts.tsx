import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { accountQuery } from '../../shared/api/account.ts';
import { useApi } from '../../shared/api/api-context.ts';
import { useFormat } from '../../shared/i18n/use-format.ts';
import { CopyText } from '../../shared/ui/copy-text.tsx';
import { Facts } from '../../shared/ui/facts.tsx';
import { Section } from '../../shared/ui/section.tsx';
import { StatusBadge } from '../../shared/ui/status-badge.tsx';
import { systemQuery } from './system-queries.ts';
import type { SystemFacts as SystemFactsData } from './system-types.ts';

/** Versions, database, sandbox: what this server is made of. */
export function SystemFacts(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const api = useApi();
  const { data: account } = useQuery(accountQuery(api));
  const { data: system } = useQuery(systemQuery(api));
  const size = system === undefined ? '' : format.bytes(system.databaseBytes);
  return (
    <Section title={t('system.server')} actions={<Link to="/coverage">{t('system.coverage')}</Link>}>
      <Facts
        items={[
          [t('account.version'), account?.version ?? '–'],
          [t('system.started'), system === undefined ? '–' : format.fullTime(system.startedAt)],
          [t('account.database'), t('system.sized', { name: account?.database ?? '–', size })],
          [t('system.sandbox'), system === undefined ? '–' : <Sandbox key="s" {...system.sandbox} />],
          [t('account.ffmpeg'), account?.ffmpeg ?? '–'],
          [t('system.node'), system?.node ?? '–'],
          [
            t('account.dataFolder'),
            <CopyText key="d" value={account?.dataFolder ?? ''} what={t('account.dataFolder')} wrap />,
          ],
        ]}
      />
    </Section>
  );
}

function Sandbox({ kind, description }: SystemFactsData['sandbox']): ReactNode {
  const isStrong = kind === 'bubblewrap';
  return (
    <span>
      <StatusBadge tone={isStrong ? 'success' : 'warning'}>{kind}</StatusBadge> {description}
    </span>
  );
}
