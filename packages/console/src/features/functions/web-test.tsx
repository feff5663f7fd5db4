import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { IconPlayerPlay, IconWorldOff } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { formatJson } from '../../shared/format/json.ts';
import { useFormat } from '../../shared/i18n/use-format.ts';
import { CodeBlock } from '../../shared/ui/code-block.tsx';
import { EmptyState } from '../../shared/ui/empty-state.tsx';
import { ErrorAlert } from '../../shared/ui/error-alert.tsx';
import { Panel, Section } from '../../shared/ui/section.tsx';
import { StatusBadge } from '../../shared/ui/status-badge.tsx';
import { toAddresses } from './addresses.ts';
import classes from './function-detail.module.css';
import type { FunctionDetail } from './function-types.ts';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];
const MAX_SHOWN = 100_000;

interface Answer {
  status: number;
  elapsedMs: number;
  text: string;
}

/** A web function has no events: it is sent a request, at one of its addresses. */
export function WebTest({ detail }: { detail: FunctionDetail }): ReactNode {
  const { t } = useTranslation();
  const [address] = toAddresses(detail.Triggers);
  if (address !== undefined) return <RequestForm address={address} />;
  return (
    <Panel>
      <EmptyState
        icon={<IconWorldOff size={22} aria-hidden />}
        title={t('functions.noAddress')}
        text={t('fn.test.webNoAddress')}
      />
    </Panel>
  );
}

function RequestForm({ address }: { address: string }): ReactNode {
  const { t } = useTranslation();
  const [request, setRequest] = useState({ method: 'GET', path: '/', body: '' });
  const { data, mutate, isPending, error } = useMutation({ mutationFn: () => send(address, request) });
  const change = (more: Partial<typeof request>): void => setRequest({ ...request, ...more });
  return (
    <div className={classes['panes']}>
      <Section title={t('deliveries.request')} text={address}>
        <form
          className={classes['form']}
          onSubmit={(event) => {
            event.preventDefault();
            mutate();
          }}
        >
          <div className={classes['fields']}>
            <NativeSelect
              label={t('gateway.method')}
              value={request.method}
              data={METHODS}
              onChange={(event) => change({ method: event.currentTarget.value })}
            />
            <TextInput
              label={t('gateway.path')}
              value={request.path}
              onChange={(event) => change({ path: event.currentTarget.value })}
            />
          </div>
          <Textarea
            className={classes['editor'] ?? ''}
            label={t('fn.test.body')}
            autosize
            minRows={6}
            disabled={request.method === 'GET'}
            value={request.body}
            onChange={(event) => change({ body: event.currentTarget.value })}
          />
          <div className={classes['buttons']}>
            <Button type="submit" loading={isPending} leftSection={<IconPlayerPlay size={16} aria-hidden />}>
              {t('fn.test.run')}
            </Button>
          </div>
          <ErrorAlert error={error} />
        </form>
      </Section>
      <Section title={t('deliveries.response')}>
        {data === undefined ? (
          <p className={classes['note']}>{t('fn.test.none')}</p>
        ) : (
          <AnswerView answer={data} />
        )}
      </Section>
    </div>
  );
}

function AnswerView({ answer: { status, elapsedMs, text } }: { answer: Answer }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={classes['form']} role="status">
      <div className={classes['toolbar']}>
        <StatusBadge tone={status < 400 ? 'success' : 'danger'}>HTTP {status}</StatusBadge>
        <span className={classes['mute']}>{format.elapsed(elapsedMs)}</span>
      </div>
      <CodeBlock code={formatJson(text)} label={t('deliveries.response')} />
    </div>
  );
}

/** To this very server, whatever the name that its addresses carry. */
async function send(
  address: string,
  request: { method: string; path: string; body: string },
): Promise<Answer> {
  const { method, path, body } = request;
  const base = new URL(address).pathname.replace(/\/$/, '');
  const start = performance.now();
  const response = await fetch(`${base}/${path.replace(/^\//, '')}`, {
    method,
    ...(method === 'GET' ? {} : { body }),
  });
  const text = (await response.text()).slice(0, MAX_SHOWN);
  return { status: response.status, elapsedMs: performance.now() - start, text };
}
