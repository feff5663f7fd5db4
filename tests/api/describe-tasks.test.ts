import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { models } from '@vodstack/protocol';
import { type Clip, createClip } from '../support/clip.ts';
import { errorOf } from '../support/error-of.ts';
import { eventually } from '../support/eventually.ts';
import { setTaskAge } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let FileId: string;
/** In the order of their creation. */
const taskIds: string[] = [];
const COUNT = 12;

beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  ({ FileId } = await uploadFile(stack, clip.path));
  for (let index = 0; index < COUNT; index++) {
    const { TaskId = '' } = await stack.client.ProcessMedia({
      FileId,
      MediaProcessTask: { TranscodeTaskSet: [{ Definition: 424242 }] },
      SessionId: `session ${index}`,
      SessionContext: `context ${index}`,
    });
    taskIds.push(TaskId);
  }
  await eventually('every task is finished', async () => {
    const { TaskSet } = await stack.client.DescribeTasks({ Status: 'FINISH', Limit: 100 });
    return TaskSet?.length === COUNT;
  });
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

function tokenOf(time: unknown, id: unknown): string {
  return Buffer.from(JSON.stringify([time, id])).toString('base64url');
}

function idsOf({ TaskSet }: models.DescribeTasksResponse): (string | undefined)[] {
  return (TaskSet ?? []).map(({ TaskId }) => TaskId);
}

describe('DescribeTasks refuses', () => {
  it.each([
    ['an unknown state', { Status: 'DONE' }, 'InvalidParameterValue.Status'],
    ['a page of none', { Limit: 0 }, 'InvalidParameterValue'],
    ['a page of 101', { Limit: 101 }, 'InvalidParameterValue'],
    ['a token that it did not give', { ScrollToken: 'abc' }, 'InvalidParameterValue'],
    ['a token with a time that is none', { ScrollToken: tokenOf('2026-----', 'x') }, 'InvalidParameterValue'],
    [
      'a token of 31 February',
      { ScrollToken: tokenOf('2026-02-31 10:00:00+00', 'x') },
      'InvalidParameterValue',
    ],
    [
      'a token of 25 o’clock',
      { ScrollToken: tokenOf('2026-02-01 25:00:00+00', 'x') },
      'InvalidParameterValue',
    ],
    [
      'a token with U+0000',
      { ScrollToken: tokenOf('2026-02-01 10:00:00+00', '\0') },
      'InvalidParameterValue',
    ],
    ['a time that is none', { CreateTime: { After: 'noon', Before: '' } }, 'InvalidParameterValue'],
    ['an unknown application', { SubAppId: 3 }, 'InvalidParameterValue.SubAppId'],
  ])('%s', async (_what, request, code) => {
    const error = await errorOf(stack.client.DescribeTasks(request));
    expect(error.code).toBe(code);
  });
});

describe('DescribeTasks lists', () => {
  it('ten tasks, newest first, with the token of the next page', async () => {
    const first = await stack.client.DescribeTasks({});
    expect(idsOf(first)).toEqual(taskIds.toReversed().slice(0, 10));
    const second = await stack.client.DescribeTasks({ ScrollToken: first.ScrollToken ?? '' });
    expect(idsOf(second)).toEqual(taskIds.toReversed().slice(10));
    expect(second.ScrollToken).toBe('');
  });

  it('every task once, whatever the size of a page and the order', async () => {
    for (const Order of ['Asc', 'Desc']) {
      const seen: (string | undefined)[] = [];
      for (let ScrollToken = '', isFirst = true; isFirst || ScrollToken !== ''; isFirst = false) {
        const page = await stack.client.DescribeTasks({
          Limit: 5,
          ScrollToken,
          Sort: { Field: 'FinishTime', Order },
        });
        seen.push(...idsOf(page));
        ScrollToken = page.ScrollToken ?? '';
      }
      expect(seen).toHaveLength(COUNT);
      expect(new Set(seen)).toEqual(new Set(taskIds));
    }
  });

  it('a task with its fields', async () => {
    const { TaskSet } = await stack.client.DescribeTasks({ Limit: 1 });
    const time = expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(TaskSet).toEqual([
      {
        TaskId: taskIds.at(-1),
        Status: 'FINISH',
        FileId,
        TaskType: 'Procedure',
        CreateTime: time,
        BeginProcessTime: time,
        FinishTime: time,
        SessionId: `session ${COUNT - 1}`,
        SessionContext: `context ${COUNT - 1}`,
      },
    ]);
  });

  it('what the filters let through', async () => {
    const all = { Limit: 100 };
    expect(idsOf(await stack.client.DescribeTasks({ ...all, FileId }))).toHaveLength(COUNT);
    expect(idsOf(await stack.client.DescribeTasks({ ...all, FileId: '5285' }))).toEqual([]);
    expect(idsOf(await stack.client.DescribeTasks({ ...all, Status: 'WAITING' }))).toEqual([]);
    const past = { After: '2020-01-01T00:00:00Z', Before: '2021-01-01T08:00:00+08:00' };
    expect(idsOf(await stack.client.DescribeTasks({ ...all, CreateTime: past }))).toEqual([]);
    const always = { After: '2020-01-01T00:00:00Z', Before: '2100-01-01T00:00:00Z' };
    const both = { ...all, CreateTime: always, FinishTime: always };
    expect(idsOf(await stack.client.DescribeTasks(both))).toHaveLength(COUNT);
  });

  it('nothing of more than three days ago', async () => {
    await setTaskAge(stack, taskIds[0] ?? '', 73);
    expect(idsOf(await stack.client.DescribeTasks({ Limit: 100 }))).toHaveLength(COUNT - 1);
  });
});
