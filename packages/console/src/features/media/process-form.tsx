import { Button, NativeSelect, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { accountQuery } from '../../shared/api/account.ts';
import { useApi } from '../../shared/api/api-context.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { useVodAction, type VodCall } from '../../shared/api/use-vod-action.ts';
import { proceduresQuery } from '../../shared/templates/template-queries.ts';
import { WorkPicker } from '../../shared/templates/work-picker.tsx';
import { summarize, withoutEmpty, type Work } from '../../shared/templates/work.ts';
import { CodeBlock } from '../../shared/ui/code-block.tsx';
import { ErrorAlert } from '../../shared/ui/error-alert.tsx';
import { toConsoleCurl, toNodeCall, toPythonCall } from './call-snippets.ts';
import classes from './process-again.module.css';

/** What the receiver asks for after an upload. */
const USUAL: Work = { TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100020 }] };

export function ProcessForm({ fileId, onDone }: { fileId: string; onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const [way, setWay] = useState<'templates' | 'procedure'>('templates');
  const [work, setWork] = useState(USUAL);
  const [procedure, setProcedure] = useState('');
  const { mutate, isPending, error } = useVodAction({
    stale: [queryKeys.media, queryKeys.tasks],
    done: t('quickView.processQueued'),
    onDone,
  });
  const isReady = way === 'procedure' ? procedure !== '' : summarize(work).length > 0;
  const call = toCall({ fileId, way, work, procedure });
  return (
    <div className={classes['root']}>
      <p className={classes['text']}>{t('quickView.processText')}</p>
      <SegmentedControl
        aria-label={t('quickView.processWay')}
        value={way}
        onChange={(value) => setWay(value === 'procedure' ? 'procedure' : 'templates')}
        data={[
          { value: 'templates', label: t('templates.title') },
          { value: 'procedure', label: t('procedures.title') },
        ]}
      />
      {way === 'templates' ? (
        <WorkPicker work={work} onChange={setWork} />
      ) : (
        <ProcedureChoice value={procedure} onChange={setProcedure} />
      )}
      <ErrorAlert error={error} title={t('quickView.processFailed')} />
      <CallSnippets call={call} />
      <div className={classes['actions']}>
        <Button variant="default" onClick={onDone}>
          {t('common.cancel')}
        </Button>
        <Button disabled={!isReady} loading={isPending} onClick={() => mutate(call)}>
          {t('quickView.processStart')}
        </Button>
      </div>
    </div>
  );
}

interface Choice {
  fileId: string;
  way: 'templates' | 'procedure';
  work: Work;
  procedure: string;
}

function toCall({ fileId, way, work, procedure }: Choice): VodCall {
  return way === 'procedure'
    ? { action: 'ProcessMediaByProcedure', parameters: { FileId: fileId, ProcedureName: procedure } }
    : { action: 'ProcessMedia', parameters: { FileId: fileId, MediaProcessTask: withoutEmpty(work) } };
}

interface ProcedureChoiceProps {
  value: string;
  onChange: (name: string) => void;
}

function ProcedureChoice({ value, onChange }: ProcedureChoiceProps): ReactNode {
  const { t } = useTranslation();
  const { data = [] } = useQuery(proceduresQuery(useApi()));
  return (
    <NativeSelect
      label={t('quickView.procedure')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[
        { value: '', label: t('quickView.chooseProcedure') },
        ...data.map(({ Name, Comment }) => ({
          value: Name,
          label: Comment === '' ? Name : `${Name} · ${Comment}`,
        })),
      ]}
    />
  );
}

/** The same call from a program. */
function CallSnippets({ call }: { call: VodCall }): ReactNode {
  const { t } = useTranslation();
  const { data: account } = useQuery(accountQuery(useApi()));
  if (account === undefined) return null;
  return (
    <details>
      <summary className={classes['summary']}>{t('quickView.asCode')}</summary>
      <CodeBlock label="Node.js" code={toNodeCall(call, account)} />
      <CodeBlock label="Python" code={toPythonCall(call, account)} />
      <CodeBlock label="curl" code={toConsoleCurl(call, account)} />
    </details>
  );
}
