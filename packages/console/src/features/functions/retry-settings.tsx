import { Button, NumberInput } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Api } from '../../shared/api/api.ts';
import { useApi } from '../../shared/api/api-context.ts';
import { list, number, object } from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { useScfAction } from '../../shared/api/use-vod-action.ts';
import { ErrorAlert } from '../../shared/ui/error-alert.tsx';
import { Section } from '../../shared/ui/section.tsx';
import classes from './function-detail.module.css';
import { toRequest } from './function-queries.ts';
import type { FunctionKey } from './function-types.ts';

const answer = object({
  AsyncTriggerConfig: object({ MsgTTL: number, RetryConfig: list(object({ RetryNum: number })) }),
});

function retryQuery(api: Api, fn: FunctionKey) {
  return queryOptions({
    queryKey: [...queryKeys.functions, 'retries', fn],
    queryFn: async () => {
      const { AsyncTriggerConfig: config } = await api.scf(
        'GetFunctionEventInvokeConfig',
        toRequest(fn),
        answer,
      );
      return { ttlSec: config.MsgTTL, retryNum: config.RetryConfig[0]?.RetryNum ?? 2 };
    },
  });
}

/** How asynchronous calls that fail are repeated. */
export function RetrySettings({ fn }: { fn: FunctionKey }): ReactNode {
  const { t } = useTranslation();
  const { data } = useQuery(retryQuery(useApi(), fn));
  const [edits, setEdits] = useState<{ ttlSec?: number; retryNum?: number }>({});
  const { mutate, isPending, error } = useScfAction({
    stale: [queryKeys.functions],
    done: t('fn.changed'),
    onDone: () => setEdits({}),
  });
  if (data === undefined) return null;
  const { ttlSec, retryNum } = { ...data, ...edits };
  return (
    <Section title={t('fn.config.retries')} text={t('fn.config.retriesText')}>
      <form
        className={classes['form']}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const config = { MsgTTL: ttlSec, RetryConfig: [{ RetryNum: retryNum }] };
          mutate({
            action: 'UpdateFunctionEventInvokeConfig',
            parameters: { ...toRequest(fn), AsyncTriggerConfig: config },
          });
        }}
      >
        <div className={classes['fields']}>
          <NumberInput
            label={t('fn.config.retryNum')}
            allowDecimal={false}
            clampBehavior="none"
            value={retryNum}
            onChange={(value) => setEdits({ ...edits, retryNum: Number(value) })}
          />
          <NumberInput
            label={t('fn.config.ttl')}
            allowDecimal={false}
            clampBehavior="none"
            value={ttlSec}
            onChange={(value) => setEdits({ ...edits, ttlSec: Number(value) })}
          />
        </div>
        <ErrorAlert error={error} />
        <div className={classes['buttons']}>
          <Button
            type="submit"
            variant="default"
            loading={isPending}
            disabled={Object.keys(edits).length === 0}
          >
            {t('fn.config.save')}
          </Button>
        </div>
      </form>
    </Section>
  );
}
