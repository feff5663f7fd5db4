import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { GatewayApi } from './gateway-queries.ts';
import classes from './gateway-view.module.css';

/** What is set for an API, in few words. */
export function ApiSettings({ api }: { api: GatewayApi }): ReactNode {
  const { t } = useTranslation();
  const { timeoutSec, settings } = api;
  const words = [
    t('gateway.seconds', { seconds: timeoutSec }),
    ...(settings.isWebFunction ? [t('gateway.web')] : []),
    ...(api.integratedResponse ? [t('gateway.integratedShort')] : []),
    ...(api.enableCors || settings.cors !== null ? [t('gateway.corsShort')] : []),
    ...(api.base64Encoded ? [t('gateway.base64Short')] : []),
    ...(settings.secretIds.length === 0 ? [] : [t('gateway.keyShort')]),
    ...settings.rateLimits.map((limit) => t('gateway.limit', limit)),
    ...(settings.parameters.length === 0
      ? []
      : [t('gateway.parameters', { count: settings.parameters.length })]),
    ...settings.protocols,
  ];
  return (
    <ul className={classes['settings']}>
      {words.map((word) => (
        <li key={word}>{word}</li>
      ))}
    </ul>
  );
}
