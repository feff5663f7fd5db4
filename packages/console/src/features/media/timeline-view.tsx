import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { definitionLabel } from '../../shared/format/preset.ts';
import { useFormat, type Format } from '../../shared/i18n/use-format.ts';
import { AttemptDetail } from '../../shared/events/attempt-detail.tsx';
import type { Attempt } from '../../shared/events/event-types.ts';
import { ReplayEvent } from '../../shared/events/replay-event.tsx';
import { SaveFixture } from '../../shared/events/save-fixture.tsx';
import { RetryTask } from '../../shared/tasks/retry-task.tsx';
import { CopyButton } from '../../shared/ui/copy-button.tsx';
import { TimeText } from '../../shared/ui/time-text.tsx';
import type { MediaDetail, MediaTask } from './media-types.ts';
import { PlanView } from './plan-view.tsx';
import { buildTimeline, type TimelineEntry } from './timeline.ts';
import classes from './timeline-view.module.css';

/** From the upload to the recorded URLs, each with the time since the upload. */
export function TimelineView({ media }: { media: MediaDetail }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const startMs = Date.parse(media.createdAt);
  return (
    <ol className={classes['root']}>
      {buildTimeline(media).map((entry, index) => {
        const { title, detail, tone } = describe(entry, t, format);
        const sinceMs = Date.parse(entry.at) - startMs;
        return (
          <li className={classes['entry']} key={`${entry.kind}-${entry.at}-${index}`} data-tone={tone}>
            <div className={classes['head']}>
              <span className={classes['title']}>{title}</span>
              <span className={classes['time']}>
                {sinceMs > 0 ? (
                  <span title={t('quickView.timeline.since')}>+{format.elapsed(sinceMs)}</span>
                ) : null}
                <TimeText iso={entry.at} clock />
              </span>
            </div>
            {detail === '' ? null : <div className={classes['detail']}>{detail}</div>}
            <EntryMore entry={entry} tasks={media.tasks} />
          </li>
        );
      })}
    </ol>
  );
}

/** What can be done about an entry, and all that is known of it. */
function EntryMore({ entry, tasks }: { entry: TimelineEntry; tasks: readonly MediaTask[] }): ReactNode {
  const { t } = useTranslation();
  if (entry.kind === 'event') {
    return (
      <div className={classes['actions']}>
        <ReplayEvent eventId={entry.event.eventId} />
        <SaveFixture event={entry.event} />
        <CopyButton value={entry.event.payload} what={t('quickView.timeline.eventContent')} />
      </div>
    );
  }
  if (entry.kind === 'delivery') {
    return (
      <details className={classes['more']}>
        <summary>{t('quickView.timeline.exactly')}</summary>
        <AttemptDetail attempt={entry.attempt} />
      </details>
    );
  }
  if (entry.kind === 'taskCreated') {
    const task = tasks.find(({ taskId }) => taskId === entry.taskId);
    return task === undefined ? null : <PlanView task={task} />;
  }
  return entry.kind === 'taskFinished' && entry.isFailed ? <RetryTask taskId={entry.taskId} /> : null;
}

interface Description {
  title: string;
  detail: string;
  tone: 'event' | 'success' | 'danger' | 'neutral';
}

function describe(entry: TimelineEntry, t: TFunction, format: Format): Description {
  switch (entry.kind) {
    case 'uploaded':
      return { title: t('quickView.timeline.uploaded'), detail: '', tone: 'event' };
    case 'event':
      return {
        title: t('quickView.timeline.eventCreated', { type: entry.event.type }),
        detail: t('quickView.timeline.eventMode', {
          mode: entry.event.mode,
          state: t(`deliveries.states.${entry.event.state}`),
        }),
        tone: 'event',
      };
    case 'delivery':
      return describeDelivery(entry.attempt, t, format);
    case 'taskCreated':
      return { title: t('quickView.timeline.taskCreated'), detail: entry.taskId, tone: 'neutral' };
    case 'taskFinished':
      return {
        title: t('quickView.timeline.taskFinished'),
        detail: entry.taskId,
        tone: entry.isFailed ? 'danger' : 'success',
      };
    case 'recorded':
      return {
        title: t('quickView.timeline.recorded', { definition: definitionLabel(entry.definition) }),
        detail: entry.url,
        tone: 'success',
      };
    default:
      return describeSubtask(entry, t, format);
  }
}

function describeDelivery(
  { attempt, url, status, error, durationMs }: Attempt,
  t: TFunction,
  format: Format,
): Description {
  const took =
    durationMs === null ? [] : [t('quickView.timeline.deliveryTook', { time: format.elapsed(durationMs) })];
  const failed = status === null || status >= 400;
  return {
    title:
      status === null
        ? t('quickView.timeline.deliveryFailed', { attempt })
        : t('quickView.timeline.delivered', { attempt, status }),
    detail: [...(error === null ? [] : [error]), url, ...took].filter((part) => part !== '').join(' · '),
    tone: failed ? 'danger' : 'success',
  };
}

function describeSubtask(
  entry: Extract<TimelineEntry, { definition: number; kind: `subtask${string}` }>,
  t: TFunction,
  format: Format,
): Description {
  const definition = definitionLabel(entry.definition);
  if (entry.kind === 'subtaskBegan') {
    return { title: t('quickView.timeline.subtaskBegan', { definition }), detail: '', tone: 'neutral' };
  }
  const took = entry.tookMs === null ? '' : t('quickView.took', { time: format.elapsed(entry.tookMs) });
  if (entry.kind === 'subtaskDone') {
    return { title: t('quickView.timeline.subtaskDone', { definition }), detail: took, tone: 'success' };
  }
  return {
    title: t('quickView.timeline.subtaskFailed', { definition }),
    detail: entry.reason,
    tone: 'danger',
  };
}
