import { Progress } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { presetLabel } from '../../shared/format/preset.ts';
import { useFormat } from '../../shared/i18n/use-format.ts';
import { RetryTask } from '../../shared/tasks/retry-task.tsx';
import { CopyText } from '../../shared/ui/copy-text.tsx';
import { DataCell, DataRow } from '../../shared/ui/data-table.tsx';
import { StatusBadge, type Tone } from '../../shared/ui/status-badge.tsx';
import { TimeText } from '../../shared/ui/time-text.tsx';
import { CancelTask } from './cancel-task.tsx';
import classes from './task-list.module.css';
import { speedOf, type Task, type TaskState } from './task-types.ts';

const TONES: Record<TaskState, Tone> = {
  waiting: 'neutral',
  processing: 'progress',
  succeeded: 'success',
  failed: 'danger',
  aborted: 'neutral',
};

/** @param nowMs when the task was read: its speed is as of then. */
export function TaskRow({ task, nowMs }: { task: Task; nowMs: number }): ReactNode {
  const { t } = useTranslation();
  return (
    <DataRow>
      <DataCell className={classes['file']}>
        <TaskTitle task={task} />
      </DataCell>
      <DataCell>
        <TaskProgress task={task} nowMs={nowMs} />
      </DataCell>
      <DataCell className={classes['parts']}>
        <TaskParts task={task} />
      </DataCell>
      <DataCell align="right">
        <span title={t('tasks.priority')}>{task.priority}</span>
      </DataCell>
      <DataCell className={classes['worker']}>{task.worker === '' ? null : task.worker}</DataCell>
      <DataCell align="right">
        <TaskTimes task={task} />
      </DataCell>
      <DataCell align="right">
        {task.state === 'waiting' ? <CancelTask taskId={task.taskId} /> : null}
        {task.state === 'failed' || task.state === 'aborted' ? <RetryTask taskId={task.taskId} /> : null}
      </DataCell>
    </DataRow>
  );
}

function TaskTitle({ task: { fileId, name, taskId } }: { task: Task }): ReactNode {
  return (
    <div className={classes['words']}>
      {name === '' ? (
        <span className={classes['mute']}>{fileId}</span>
      ) : (
        <Link className={classes['link']} to="/media/$fileId" params={{ fileId }} title={name}>
          {name}
        </Link>
      )}
      <span className={classes['id']}>
        <CopyText value={taskId} what="TaskId" />
      </span>
    </div>
  );
}

function TaskProgress({ task, nowMs }: { task: Task; nowMs: number }): ReactNode {
  const { t } = useTranslation();
  const { state, progress, reason, attempts } = task;
  const speed = speedOf(task, nowMs);
  return (
    <div className={classes['state']}>
      <StatusBadge tone={TONES[state]}>
        {t(`tasks.states.${state}`)}
        {state === 'processing' ? ` ${progress}%` : ''}
      </StatusBadge>
      {state === 'processing' ? (
        <Progress
          className={classes['bar'] ?? ''}
          size={4}
          value={progress}
          aria-label={t('tasks.progressOf', { taskId: task.taskId })}
        />
      ) : null}
      <span className={classes['note']}>
        {[
          ...(speed === null ? [] : [t('tasks.speed', { speed: speed.toFixed(1) })]),
          ...(attempts > 1 ? [t('tasks.attempt', { attempts })] : []),
        ].join(' · ')}
      </span>
      {reason === '' ? null : <span className={classes['reason']}>{reason}</span>}
    </div>
  );
}

function TaskParts({ task: { kind, parts } }: { task: Task }): ReactNode {
  if (parts.length === 0) return kind;
  return parts
    .map(({ type, definition }) =>
      type === 'Transcode' ? (presetLabel(definition) ?? String(definition)) : `${type} ${definition}`,
    )
    .join(' · ');
}

function TaskTimes({ task: { createdAt, beginAt, finishAt } }: { task: Task }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const tookMs = beginAt === null || finishAt === null ? null : Date.parse(finishAt) - Date.parse(beginAt);
  return (
    <>
      <TimeText iso={createdAt} />
      {tookMs === null ? null : (
        <div className={classes['note']}>{t('quickView.took', { time: format.elapsed(tookMs) })}</div>
      )}
    </>
  );
}
