import { Alert, Button, NativeSelect, Textarea } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { ErrorAlert } from '../../shared/ui/error-alert.tsx';
import { Section } from '../../shared/ui/section.tsx';
import classes from './function-detail.module.css';
import { aliasesQuery, functionDetailQuery, toRequest, versionsQuery } from './function-queries.ts';
import { invokeAnswer, type FunctionKey, type InvokeResult } from './function-types.ts';
import { PendingDetail } from './pending-detail.tsx';
import { findJsonProblem, plainSample } from './sample-events.ts';
import { SampleChoice } from './sample-choice.tsx';
import { TestResult } from './test-result.tsx';
import { WebTest } from './web-test.tsx';

/** Calls the function with an event, and shows what came of it. */
export function FunctionTest({ fn }: { fn: FunctionKey }): ReactNode {
  const query = useQuery(functionDetailQuery(useApi(), fn));
  if (query.data === undefined) return <PendingDetail query={query} />;
  return query.data.Type === 'HTTP' ? <WebTest detail={query.data} /> : <EventTest fn={fn} />;
}

type Way = 'RequestResponse' | 'Event';

interface Call {
  qualifier: string;
  way: Way;
  event: string;
}

function EventTest({ fn }: { fn: FunctionKey }): ReactNode {
  const { t } = useTranslation();
  const [call, setCall] = useState<Call>({
    qualifier: '$LATEST',
    way: 'RequestResponse',
    event: JSON.stringify(plainSample('hello'), null, 2),
  });
  const run = useInvoke(fn, call);
  const problem = findJsonProblem(call.event);
  return (
    <div className={classes['panes']}>
      <Section title={t('fn.test.event')}>
        <form
          className={classes['form']}
          onSubmit={(event) => {
            event.preventDefault();
            if (problem === undefined) run.mutate();
          }}
        >
          <SampleChoice onChoose={(event) => setCall({ ...call, event })} />
          <Textarea
            className={classes['editor'] ?? ''}
            aria-label={t('fn.test.event')}
            autosize
            minRows={12}
            maxRows={28}
            spellCheck={false}
            value={call.event}
            error={problem === undefined ? null : t('fn.test.noJson', { reason: problem })}
            onChange={(event) => setCall({ ...call, event: event.currentTarget.value })}
          />
          <CallChoices fn={fn} call={call} onChange={setCall} />
          <div className={classes['buttons']}>
            <Button
              type="submit"
              loading={run.isPending}
              disabled={problem !== undefined}
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
            >
              {t('fn.test.run')}
            </Button>
          </div>
          <ErrorAlert error={run.error} />
        </form>
      </Section>
      <Section title={t('fn.test.result')}>
        <Outcome fn={fn} run={run} />
      </Section>
    </div>
  );
}

function useInvoke(fn: FunctionKey, { qualifier, way, event }: Call) {
  const api = useApi();
  return useMutation({
    mutationFn: async (): Promise<{ way: Way; result: InvokeResult }> => {
      const parameters = {
        ...toRequest(fn),
        Qualifier: qualifier,
        InvocationType: way,
        LogType: 'Tail',
        ClientContext: event,
      };
      const { Result } = await api.scf('Invoke', parameters, invokeAnswer);
      return { way, result: Result };
    },
  });
}

function Outcome({ fn, run }: { fn: FunctionKey; run: ReturnType<typeof useInvoke> }): ReactNode {
  const { t } = useTranslation();
  const { data, isPending } = run;
  if (isPending)
    return (
      <p className={classes['note']} role="status">
        {t('fn.test.running')}
      </p>
    );
  if (data === undefined) return <p className={classes['note']}>{t('fn.test.none')}</p>;
  if (data.way === 'Event')
    return (
      <Alert color="teal" role="status">
        {t('fn.test.queued', { requestId: data.result.FunctionRequestId })}
      </Alert>
    );
  return <TestResult fn={fn} result={data.result} />;
}

interface CallChoicesProps {
  fn: FunctionKey;
  call: Call;
  onChange: (call: Call) => void;
}

function CallChoices({ fn, call, onChange }: CallChoicesProps): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const { data: versions } = useQuery(versionsQuery(api, fn));
  const { data: aliases } = useQuery(aliasesQuery(api, fn));
  const qualifiers = [
    ...(versions?.Versions.map(({ Version }) => Version) ?? ['$LATEST']),
    ...(aliases?.Aliases.map(({ Name }) => Name) ?? []),
  ];
  return (
    <div className={classes['fields']}>
      <NativeSelect
        label={t('fn.test.qualifier')}
        value={call.qualifier}
        onChange={(event) => onChange({ ...call, qualifier: event.currentTarget.value })}
        data={qualifiers}
      />
      <NativeSelect
        label={t('fn.test.way')}
        value={call.way}
        onChange={(event) =>
          onChange({ ...call, way: event.currentTarget.value === 'Event' ? 'Event' : 'RequestResponse' })
        }
        data={[
          { value: 'RequestResponse', label: t('fn.test.sync') },
          { value: 'Event', label: t('fn.test.async') },
        ]}
      />
    </div>
  );
}
