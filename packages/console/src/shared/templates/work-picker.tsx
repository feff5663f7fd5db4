import { Checkbox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../api/api-context.ts';
import { KIND_NAMES, TEMPLATE_KINDS, type TemplateKind } from './template-kinds.ts';
import { templatesQuery } from './template-queries.ts';
import { isChosen, summarize, withChoice, type Work } from './work.ts';
import classes from './work-picker.module.css';

export interface WorkPickerProps {
  work: Work;
  onChange: (work: Work) => void;
}

/** The choice of what to make of a file, by kinds of templates. */
export function WorkPicker({ work, onChange }: WorkPickerProps): ReactNode {
  return (
    <div className={classes['root']}>
      {KIND_NAMES.filter((kind) => TEMPLATE_KINDS[kind].taskSet !== null).map((kind) => (
        <KindGroup key={kind} kind={kind} work={work} onChange={onChange} />
      ))}
    </div>
  );
}

function KindGroup({ kind, work, onChange }: WorkPickerProps & { kind: TemplateKind }): ReactNode {
  const { t } = useTranslation();
  const chosen = summarize(work).find((entry) => entry.kind === kind)?.definitions ?? [];
  const [open, setOpen] = useState(kind === 'transcode' || chosen.length > 0);
  return (
    <details className={classes['group']} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={classes['summary']}>
        {t(`templates.kinds.${kind}`)}
        {chosen.length === 0 ? null : <span className={classes['count']}>{chosen.join(', ')}</span>}
      </summary>
      {open ? <KindChoices kind={kind} work={work} onChange={onChange} /> : null}
    </details>
  );
}

function KindChoices({ kind, work, onChange }: WorkPickerProps & { kind: TemplateKind }): ReactNode {
  const { t } = useTranslation();
  const { data } = useQuery(templatesQuery(useApi(), kind));
  if (data === undefined) return <p className={classes['loading']}>{t('common.loading')}</p>;
  return (
    <div className={classes['choices']}>
      {data.map(({ definition, name }) => (
        <Checkbox
          key={definition}
          size="xs"
          label={`${definition} · ${name}`}
          checked={isChosen(work, kind, definition)}
          onChange={(event) =>
            onChange(withChoice(work, kind, { definition, on: event.currentTarget.checked }))
          }
        />
      ))}
    </div>
  );
}
