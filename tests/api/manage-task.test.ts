import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { viewListed } from '../support/console-api.ts';
import { errorOf, type SdkError } from '../support/error-of.ts';
import { eventually } from '../support/eventually.ts';
import { findEvents, setTaskAge } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let FileId: string;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  await stack.client.ModifyEventConfig({ Mode: 'PULL' });
  ({ FileId } = await uploadFile(stack, clip.path));
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

/** A task of the lowest priority. */
async function start(): Promise<string> {
  const { TaskId = '' } = await stack.client.ProcessMedia({
    FileId,
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 424242 }] },
    TasksPriority: -10,
  });
  return TaskId;
}

async function statusOf(TaskId: string): Promise<string | undefined> {
  return (await stack.client.DescribeTaskDetail({ TaskId })).Status;
}

/** Rejects with ResourceNotFound when there are no events any more. */
async function confirmSome(): Promise<void> {
  const { EventSet = [] } = await stack.client.PullEvents({});
  await stack.client.ConfirmEvents({ EventHandles: EventSet.map(({ EventHandle }) => EventHandle ?? '') });
}

describe('ManageTask', () => {
  it('aborts a task that waits, once and without an event', async () => {
    const TaskId = await start();
    await eventually('the task is finished', async () => (await statusOf(TaskId)) === 'FINISH');
    // As if nobody had taken it yet: a worker is too fast to be forestalled.
    const { pool } = await stack.openDatabase();
    await pool.query(`update vod.task set status = 'WAITING', finish_at = null where task_id = $1`, [TaskId]);
    const { length } = await findEvents(stack, FileId);
    await stack.client.ManageTask({ TaskId, OperationType: 'Abort' });
    const { Status, ProcedureTask } = await stack.client.DescribeTaskDetail({ TaskId });
    expect(Status).toBe('ABORTED');
    expect(ProcedureTask).toMatchObject({
      Status: 'FINISH',
      MediaProcessResultSet: [{ TranscodeTask: { Status: 'FAIL' } }],
    });
    expect(await findEvents(stack, FileId)).toHaveLength(length);
    // Nothing is under way any more, for people neither.
    expect((await viewListed(stack.url, FileId)).status).not.toBe('Processing');
    const error = await errorOf(stack.client.ManageTask({ TaskId, OperationType: 'Abort' }));
    expect(error.code).toBe('InvalidParameterValue.TaskId');
  });

  it('refuses a task that is finished', async () => {
    const TaskId = await start();
    await eventually('the task is finished', async () => (await statusOf(TaskId)) === 'FINISH');
    const error = await errorOf(stack.client.ManageTask({ TaskId, OperationType: 'Abort' }));
    expect(error.code).toBe('InvalidParameterValue.TaskId');
    expect(error.message).toContain('waiting');
  });

  it.each([
    ['an unknown task', { TaskId: 'nobody' }, 'InvalidParameterValue.TaskId'],
    ['an unknown operation', { OperationType: 'Pause' }, 'InvalidParameterValue.InvalidOperationType'],
    ['an unknown application', { SubAppId: 3 }, 'InvalidParameterValue.SubAppId'],
  ])('refuses %s', async (_what, changes, code) => {
    const request = { TaskId: 'nobody', OperationType: 'Abort', ...changes };
    expect((await errorOf(stack.client.ManageTask(request))).code).toBe(code);
  });
});

describe('Tasks of more than 72 hours ago', () => {
  it('are neither described nor listed', async () => {
    const TaskId = await start();
    await setTaskAge(stack, TaskId, 73);
    const error = await errorOf(stack.client.DescribeTaskDetail({ TaskId }));
    expect(error.code).toBe('InvalidParameterValue.TaskId');
    const { TaskSet = [] } = await stack.client.DescribeTasks({ FileId, Limit: 100 });
    expect(TaskSet.map((task) => task.TaskId)).not.toContain(TaskId);
  });
});

describe('DescribeEventsState', () => {
  it('counts the events that are not confirmed yet', async () => {
    const before = (await stack.client.DescribeEventsState({})).CountOfEventsToPull ?? 0;
    await start();
    await eventually('one more event waits', async () => {
      const { CountOfEventsToPull = 0 } = await stack.client.DescribeEventsState({});
      return CountOfEventsToPull > before;
    });
    await eventually('every event has been confirmed', async () => {
      const error = await confirmSome().then(
        () => undefined,
        (reason: SdkError) => reason,
      );
      return error?.code === 'ResourceNotFound';
    });
    expect((await stack.client.DescribeEventsState({})).CountOfEventsToPull).toBe(0);
  });

  it('refuses an unknown application', async () => {
    const error = await errorOf(stack.client.DescribeEventsState({ SubAppId: 3 }));
    expect(error.code).toBe('InvalidParameterValue.SubAppId');
  });
});
