import { expect, it } from 'vitest';

import { buildTimeline } from '../src/features/media/timeline.ts';

const at = (ms: number): string => new Date(Date.UTC(2025, 10, 24) + ms).toISOString();

const subtask = (definition: number, finishMs: number, failed = false) => ({
  type: 'Transcode',
  definition,
  status: failed ? ('FAIL' as const) : ('SUCCESS' as const),
  progress: 100,
  errCodeExt: failed ? 'SourceFileError' : '',
  message: failed ? 'cut off' : '',
  output: null,
  beginAt: at(1200),
  finishAt: at(finishMs),
});

const delivered = (eventId: string, type: string, createdMs: number, tookMs: number) => ({
  eventId,
  type,
  fileId: '1',
  mode: 'PUSH',
  state: 'delivered' as const,
  createdAt: at(createdMs),
  settledAt: null,
  payload: '{}',
  attempts: [
    {
      attempt: 1,
      url: 'http://r',
      startedAt: at(createdMs + 10),
      durationMs: tookMs,
      status: 200,
      error: null,
      requestHeaders: {},
      requestBody: '{}',
      responseHeaders: null,
      responseBody: null,
      endpointId: null,
      nextReason: null,
      injected: [],
    },
  ],
  dispatches: [],
});

const media = {
  createdAt: at(0),
  records: [{ definition: 100010, url: 'http://x/v.f100010.mp4', recordedAt: at(9300) }],
  events: [delivered('2', 'ProcedureStateChanged', 9000, 80), delivered('1', 'NewFileUpload', 0, 1100)],
  tasks: [
    {
      taskId: 't',
      status: 'FINISH' as const,
      createdAt: at(1000),
      beginAt: at(1200),
      finishAt: at(9000),
      plan: [],
      sessionId: '',
      subtasks: [subtask(100010, 5000), subtask(100020, 9000, true)],
    },
  ],
};

it('goes from the upload to the record in the order of time', () => {
  expect(buildTimeline(media).map(({ kind }) => kind)).toEqual([
    'uploaded',
    'event',
    'taskCreated',
    'delivery',
    'subtaskBegan',
    'subtaskBegan',
    'subtaskDone',
    'subtaskFailed',
    'taskFinished',
    'event',
    'delivery',
    'recorded',
  ]);
});

it('puts a cause before its effect when both carry the same time', () => {
  const same = { ...media, createdAt: at(9000), tasks: [], records: [] };
  expect(buildTimeline(same).map(({ kind }) => kind)).toEqual([
    'event',
    'delivery',
    'uploaded',
    'event',
    'delivery',
  ]);
});

it('gives the reason of a failed sub-task', () => {
  const failed = buildTimeline(media).find(({ kind }) => kind === 'subtaskFailed');
  expect(failed).toMatchObject({ definition: 100020, reason: 'SourceFileError: cut off', tookMs: 7800 });
});

it('shows a sub-task that is still running only as begun', () => {
  const running = { ...subtask(100010, 0), status: 'PROCESSING' as const, finishAt: null };
  const tasks = media.tasks.map((task) => ({ ...task, finishAt: null, subtasks: [running] }));
  const kinds = buildTimeline({ ...media, tasks, events: [], records: [] }).map(({ kind }) => kind);
  expect(kinds).toEqual(['uploaded', 'taskCreated', 'subtaskBegan']);
});
