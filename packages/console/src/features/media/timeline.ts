import type { Attempt, EventView } from '../../shared/events/event-types.ts';
import type { MediaDetail, MediaSubtask, MediaTask } from './media-types.ts';

/** One thing that happened to a file. `at` is ISO 8601; sizes of time are milliseconds. */
export type TimelineEntry = { at: string } & (
  | { kind: 'uploaded' }
  | { kind: 'event'; event: EventView }
  | { kind: 'delivery'; event: EventView; attempt: Attempt }
  | { kind: 'taskCreated'; taskId: string }
  | { kind: 'subtaskBegan'; definition: number }
  | { kind: 'subtaskDone'; definition: number; tookMs: number | null }
  | { kind: 'subtaskFailed'; definition: number; reason: string; tookMs: number | null }
  | { kind: 'taskFinished'; taskId: string; isFailed: boolean }
  | { kind: 'recorded'; definition: number; url: string }
);

/** What comes first when two things carry the same time: a cause before its effect. */
const ORDER: Record<TimelineEntry['kind'], number> = {
  uploaded: 0,
  taskCreated: 1,
  subtaskBegan: 2,
  subtaskDone: 3,
  subtaskFailed: 3,
  taskFinished: 4,
  event: 5,
  delivery: 6,
  recorded: 7,
};

/** Everything that happened to a file, from the upload to the recorded URLs, in the order of time. */
export function buildTimeline(
  media: Pick<MediaDetail, 'createdAt' | 'events' | 'tasks' | 'records'>,
): TimelineEntry[] {
  const entries: TimelineEntry[] = [
    { at: media.createdAt, kind: 'uploaded' },
    ...media.events.flatMap(fromEvent),
    ...media.tasks.flatMap(fromTask),
    ...media.records.map(
      ({ recordedAt, definition, url }) => ({ at: recordedAt, kind: 'recorded', definition, url }) as const,
    ),
  ];
  return entries.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || ORDER[a.kind] - ORDER[b.kind]);
}

function fromEvent(event: EventView): TimelineEntry[] {
  return [
    { at: event.createdAt, kind: 'event', event },
    ...event.attempts.map(
      (attempt) =>
        ({ at: addMs(attempt.startedAt, attempt.durationMs), kind: 'delivery', event, attempt }) as const,
    ),
  ];
}

function fromTask({ createdAt, taskId, finishAt, subtasks }: MediaTask): TimelineEntry[] {
  return [
    { at: createdAt, kind: 'taskCreated', taskId },
    ...subtasks.flatMap(fromSubtask),
    ...(finishAt === null
      ? []
      : [
          {
            at: finishAt,
            kind: 'taskFinished',
            taskId,
            isFailed: subtasks.some(({ status }) => status === 'FAIL'),
          } as const,
        ]),
  ];
}

function fromSubtask({
  definition,
  status,
  beginAt,
  finishAt,
  errCodeExt,
  message,
}: MediaSubtask): TimelineEntry[] {
  const began: TimelineEntry[] = beginAt === null ? [] : [{ at: beginAt, kind: 'subtaskBegan', definition }];
  if (finishAt === null) return began;
  const tookMs = beginAt === null ? null : Date.parse(finishAt) - Date.parse(beginAt);
  if (status !== 'FAIL') return [...began, { at: finishAt, kind: 'subtaskDone', definition, tookMs }];
  const reason = subtaskReason({ errCodeExt, message });
  return [...began, { at: finishAt, kind: 'subtaskFailed', definition, reason, tookMs }];
}

/** A delivery is shown when it was answered, which is when its result was known. */
function addMs(iso: string, durationMs: number | null): string {
  return durationMs === null ? iso : new Date(Date.parse(iso) + durationMs).toISOString();
}

/** `Code: message`, or whichever there is. */
export function subtaskReason({ errCodeExt, message }: { errCodeExt: string; message: string }): string {
  return [errCodeExt, message].filter((part) => part !== '').join(': ');
}
