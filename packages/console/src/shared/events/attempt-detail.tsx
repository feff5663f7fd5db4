import { Button } from '@mantine/core';
import { IconTerminal2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../api/api-context.ts';
import { list, nullable, object, text } from '../api/decode.ts';
import { queryKeys } from '../api/query-keys.ts';
import { formatJson } from '../format/json.ts';
import { CodeBlock } from '../ui/code-block.tsx';
import { useCopy } from '../ui/use-copy.ts';
import classes from './attempt-detail.module.css';
import { functionRequestOf, type Attempt } from './event-types.ts';
import { toCurl } from './to-curl.ts';

/** One delivery, exactly: what was sent and what came back. */
export function AttemptDetail({ attempt }: { attempt: Attempt }): ReactNode {
  const { t } = useTranslation();
  const { requestHeaders, requestBody, responseHeaders, responseBody, error, status } = attempt;
  return (
    <div className={classes['root']}>
      <div className={classes['actions']}>
        <CopyCurl attempt={attempt} />
        <FunctionRun attempt={attempt} />
      </div>
      <h3 className={classes['heading']}>{t('deliveries.request')}</h3>
      <CodeBlock
        label={t('deliveries.request')}
        code={`POST ${attempt.url}\n${toLines(requestHeaders)}\n\n${formatJson(requestBody)}`}
      />
      <h3 className={classes['heading']}>{t('deliveries.response')}</h3>
      {status === null ? (
        <p className={classes['error']}>{error ?? t('deliveries.noAnswer')}</p>
      ) : (
        <CodeBlock
          label={t('deliveries.response')}
          code={`HTTP ${status}\n${toLines(responseHeaders ?? {})}\n\n${formatJson(responseBody ?? '')}`.trimEnd()}
        />
      )}
    </div>
  );
}

function toLines(headers: Record<string, string>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

function CopyCurl({ attempt }: { attempt: Attempt }): ReactNode {
  const { t } = useTranslation();
  const { copied, copy } = useCopy(
    toCurl({ url: attempt.url, headers: attempt.requestHeaders, body: attempt.requestBody }),
  );
  return (
    <Button
      variant="default"
      size="compact-xs"
      leftSection={<IconTerminal2 size={12} aria-hidden />}
      onClick={copy}
    >
      {copied ? t('common.copied') : t('deliveries.copyCurl')}
    </Button>
  );
}

const addresses = list(object({ name: text, address: nullable(text) }));

/** The way to the log of the function's request that answered. */
function FunctionRun({ attempt }: { attempt: Attempt }): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const request = functionRequestOf(attempt);
  const { data } = useQuery({
    queryKey: [...queryKeys.functions, 'addresses'],
    queryFn: ({ signal }) => api.request('/functions', addresses, { signal }),
    enabled: request !== undefined,
  });
  const path = pathOf(attempt.url);
  const name = data?.find(({ address }) => address !== null && pathOf(address) === path)?.name;
  if (request === undefined || name === undefined) return null;
  return (
    <Link className={classes['link']} to="/functions/$name/logs" params={{ name }} search={{ request }}>
      {t('deliveries.functionRun')}
    </Link>
  );
}

function pathOf(address: string): string {
  return URL.parse(address)?.pathname ?? address;
}
