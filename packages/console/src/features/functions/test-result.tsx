import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { formatJson } from '../../shared/format/json.ts';
import { useFormat } from '../../shared/i18n/use-format.ts';
import { CodeBlock } from '../../shared/ui/code-block.tsx';
import { StatusBadge } from '../../shared/ui/status-badge.tsx';
import classes from './function-detail.module.css';
import type { FunctionKey, InvokeResult } from './function-types.ts';
import { LogText } from './log-text.tsx';
import { Numbers } from './numbers.tsx';

/** What a synchronous call answered: result, cost, return value, the end of its log. */
export function TestResult({ fn, result }: { fn: FunctionKey; result: InvokeResult }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { InvokeResult: code, FunctionRequestId: requestId } = result;
  const numbers = [
    [t('functions.logs.duration'), format.elapsed(result.Duration)],
    [t('functions.logs.billed'), format.elapsed(result.BillDuration)],
    [t('functions.logs.memory'), format.bytes(result.MemUsage)],
  ] as const;
  return (
    <div className={classes['form']} role="status">
      <div className={classes['toolbar']}>
        <StatusBadge tone={code === 0 ? 'success' : 'danger'}>
          {code === 0 ? t('functions.logs.success') : `${t('functions.logs.failure')} ${code}`}
        </StatusBadge>
        <Link to="/functions/$name/logs" params={{ name: fn.name }} search={{ request: requestId }}>
          {t('fn.test.toLog')}
        </Link>
      </div>
      <Numbers items={numbers} className={classes['totals']} />
      <h3 className={classes['heading']}>{t('functions.logs.returned')}</h3>
      <CodeBlock code={formatJson(result.RetMsg)} label={t('functions.logs.returned')} />
      <h3 className={classes['heading']}>{t('functions.logs.log')}</h3>
      <LogText
        text={result.Log}
        wrap
        placeholder={t('functions.logs.noLog')}
        label={t('functions.logs.log')}
      />
    </div>
  );
}
