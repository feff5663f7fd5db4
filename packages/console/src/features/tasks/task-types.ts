import {
  list,
  measure,
  nullable,
  number,
  object,
  oneOf,
  text,
  withDefault,
  type Decoded,
} from '../../shared/api/decode.ts';

export const TASK_STATES = ['waiting', 'processing', 'succeeded', 'failed', 'aborted'] as const;
export type TaskState = (typeof TASK_STATES)[number];

const part = object({
  type: text,
  definition: number,
  status: oneOf('WAITING', 'PROCESSING', 'SUCCESS', 'FAIL'),
  progress: withDefault(number, 0),
  reason: withDefault(text, ''),
});

const task = object({
  taskId: text,
  kind: text,
  state: oneOf(...TASK_STATES),
  fileId: text,
  name: withDefault(text, ''),
  durationSec: measure,
  priority: number,
  attempts: withDefault(number, 0),
  worker: withDefault(text, ''),
  progress: withDefault(number, 0),
  createdAt: text,
  beginAt: nullable(text),
  finishAt: nullable(text),
  reason: withDefault(text, ''),
  parts: withDefault(list(part), []),
});

export const taskPage = object({
  items: list(task),
  nextCursor: nullable(text),
  waiting: withDefault(number, 0),
  processing: withDefault(number, 0),
});

export type Task = Decoded<typeof task>;

export function isTaskState(value: unknown): value is TaskState {
  return TASK_STATES.some((state) => state === value);
}

/** Seconds of video made per second of work, as far as it has come by `nowMs`; null when that cannot be told yet. */
export function speedOf(
  { state, durationSec, progress, beginAt, finishAt }: Task,
  nowMs: number,
): number | null {
  if (durationSec === null || beginAt === null || progress === 0) return null;
  if (state !== 'processing' && state !== 'succeeded') return null;
  const elapsedSec = ((finishAt === null ? nowMs : Date.parse(finishAt)) - Date.parse(beginAt)) / 1000;
  return elapsedSec <= 0 ? null : (durationSec * progress) / 100 / elapsedSec;
}
