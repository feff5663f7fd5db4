import { Progress } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { definitionLabel } from '../../shared/format/preset.ts';
import { CodeBlock } from '../../shared/ui/code-block.tsx';
import type { MediaTask } from './media-types.ts';
import classes from './plan-view.module.css';

/** How a task's results are made: each run of ffmpeg, how far what it serves has come, and its command. */
export function PlanView({ task: { plan, subtasks } }: { task: MediaTask }): ReactNode {
  const { t } = useTranslation();
  if (plan.length === 0) return null;
  return (
    <details className={classes['root']}>
      <summary>{t('quickView.timeline.runs', { count: plan.length })}</summary>
      <ol className={classes['runs']}>
        {plan.map(({ name, after, arguments: given, subtasks: positions }) => {
          const served = positions.flatMap((position) => subtasks[position] ?? []);
          const names = served.map(({ definition }) => definitionLabel(definition)).join(', ');
          return (
            <li key={name}>
              <div className={classes['head']}>
                <strong>{name}</strong>
                <span>{names}</span>
                {after.length === 0 ? null : (
                  <span>{t('quickView.timeline.runAfter', { names: after.join(', ') })}</span>
                )}
              </div>
              <Progress
                size={4}
                value={meanOf(served.map(({ status, progress }) => (status === 'SUCCESS' ? 100 : progress)))}
                aria-label={t('quickView.subtaskProgress', { name: names })}
              />
              <CodeBlock label={name} code={['ffmpeg', ...given.map(quote)].join(' ')} />
            </li>
          );
        })}
      </ol>
    </details>
  );
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** As a shell takes it, quoted only where that is needed. */
function quote(argument: string): string {
  return /^[\w./:=,+@%-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
