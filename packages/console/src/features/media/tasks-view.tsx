import { Progress } from '@mantine/core';
import { IconListCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { definitionLabel } from '../../shared/format/preset.ts';
import { useFormat } from '../../shared/i18n/use-format.ts';
import { CopyText } from '../../shared/ui/copy-text.tsx';
import { EmptyState } from '../../shared/ui/empty-state.tsx';
import { StatusBadge, type Tone } from '../../shared/ui/status-badge.tsx';
import { TimeText } from '../../shared/ui/time-text.tsx';
import type { MediaSubtask, MediaTask } from './media-types.ts';
import { RetryTask } from '../../shared/tasks/retry-task.tsx';
import classes from './tasks-view.module.css';
import { subtaskReason } from './timeline.ts';

/** Newest first. */
export function TasksView({ tasks }: { tasks: readonly MediaTask[] }): ReactNode {
  const { t } = useTranslation();
  if (tasks.length === 0) {
    return (
      <EmptyState
        icon={<IconListCheck size={22} aria-hidden />}
        title={t('quickView.noTasksTitle')}
        text={t('quickView.noTasksText')}
      />
    );
  }
  const newestFirst = tasks.toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  return (
    <ul className={classes['root']}>
      {newestFirst.map((task) => (
        <TaskItem key={task.taskId} task={task} />
      ))}
    </ul>
  );
}

const TASK_TONES: Record<MediaTask['status'], Tone> = {
  WAITING: 'neutral',
  PROCESSING: 'progress',
  FINISH: 'success',
  ABORTED: 'neutral',
};

function TaskItem({ task }: { task: MediaTask }): ReactNode {
  const { t } = useTranslation();
  const { taskId, status, createdAt, sessionId, subtasks } = task;
  const tone =
    status === 'FINISH' && subtasks.some((subtask) => subtask.status === 'FAIL')
      ? 'danger'
      : TASK_TONES[status];
  return (
    <li className={classes['task']}>
      <div className={classes['head']}>
        <StatusBadge tone={tone}>{t(`quickView.taskStatus.${status}`)}</StatusBadge>
        <span className={classes['id']}>
          <CopyText value={taskId} what="TaskId" />
        </span>
        <span className={classes['time']}>
          <TimeText iso={createdAt} />
        </span>
        {tone === 'danger' || status === 'ABORTED' ? <RetryTask taskId={taskId} /> : null}
      </div>
      {sessionId === '' ? null : (
        <div className={classes['session']}>
          {t('quickView.session')}: {sessionId}
        </div>
      )}
      <ul className={classes['subtasks']}>
        {subtasks.map((subtask) => (
          <SubtaskItem key={`${subtask.type}-${subtask.definition}`} subtask={subtask} />
        ))}
      </ul>
    </li>
  );
}

const SUBTASK_TONES: Record<MediaSubtask['status'], Tone> = {
  WAITING: 'neutral',
  PROCESSING: 'progress',
  SUCCESS: 'success',
  FAIL: 'danger',
};

function SubtaskItem({ subtask }: { subtask: MediaSubtask }): ReactNode {
  const { t } = useTranslation();
  const { type, definition, status, progress } = subtask;
  const name = `${type} ${definitionLabel(definition)}`;
  return (
    <li className={classes['subtask']}>
      <div className={classes['head']}>
        <span className={classes['name']}>{name}</span>
        <StatusBadge tone={SUBTASK_TONES[status]}>
          {t(`quickView.subtaskStatus.${status}`)}
          {status === 'PROCESSING' ? ` ${Math.round(progress)}%` : ''}
        </StatusBadge>
      </div>
      {status === 'PROCESSING' ? (
        <Progress size={4} mt={6} value={progress} aria-label={t('quickView.subtaskProgress', { name })} />
      ) : null}
      {status === 'FAIL' ? <div className={classes['failure']}>{subtaskReason(subtask)}</div> : null}
      <SubtaskFacts subtask={subtask} />
    </li>
  );
}

function SubtaskFacts({ subtask: { output, beginAt, finishAt } }: { subtask: MediaSubtask }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const tookMs = beginAt === null || finishAt === null ? null : Date.parse(finishAt) - Date.parse(beginAt);
  const facts = [
    ...(output === null || output.width === null ? [] : [`${output.width} × ${output.height ?? '–'}`]),
    ...(output === null ? [] : [format.bytes(output.sizeBytes)]),
    ...(output === null || output.bitrateBps === null ? [] : [format.bitrate(output.bitrateBps)]),
    ...(tookMs === null ? [] : [t('quickView.took', { time: format.elapsed(tookMs) })]),
  ];
  return facts.length === 0 ? null : <div className={classes['facts']}>{facts.join(' · ')}</div>;
}
