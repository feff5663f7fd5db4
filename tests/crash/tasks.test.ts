import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awaitFinishedTask, awaitProgress } from '../support/await-task.ts';
import type { TaskView } from '../support/console-api.ts';
import { eventually } from '../support/eventually.ts';
import { makeClip } from '../support/make-clip.ts';
import { findEncoders } from '../support/processes.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

/** Hard enough that its transcode can be caught in the middle. */
const NOISE = 'testsrc2=size=640x360:rate=30,noise=alls=30:allf=t';

describe('tasks on a machine that does one at a time', { timeout: 180_000 }, () => {
  let folder: WorkFolder;
  let stack: Stack;
  let medium: string;
  let short: string;

  beforeAll(async () => {
    folder = await createWorkFolder();
    [stack, medium, short] = await Promise.all([
      startQuietStack({ transcodeConcurrency: 1 }),
      makeClip(folder.join('medium.mp4'), { picture: NOISE, durationSec: 4, output: ['-crf', '35'] }),
      makeClip(folder.join('short.mp4')),
    ]);
  });

  afterAll(async () => {
    await stack?.stop();
    await folder?.remove();
  });

  async function process(path: string, definitions: readonly number[], TasksPriority = 0): Promise<string> {
    const { FileId } = await uploadFile(stack, path);
    const TranscodeTaskSet = definitions.map((Definition) => ({ Definition }));
    await stack.client.ProcessMedia({ FileId, MediaProcessTask: { TranscodeTaskSet }, TasksPriority });
    return FileId;
  }

  async function retry(
    taskId: string,
  ): Promise<{ status: number; body: { taskId?: string; message?: string } }> {
    const response = await fetch(`${stack.url}/console/api/tasks/${taskId}/retry`, {
      method: 'POST',
      headers: { 'x-vodstack-console': '1' },
    });
    return {
      status: response.status,
      body: (await response.json()) as { taskId?: string; message?: string },
    };
  }

  it('what failed is tried again from the console, with the same input and without what succeeded', async () => {
    const fileId = await process(short, [100010, 424242]);
    const { task } = await awaitFinishedTask(stack.url, fileId);
    expect(statusesOf(task)).toEqual(['SUCCESS', 'FAIL']);
    const { status, body } = await retry(task.taskId);
    expect(status).toBe(200);
    const TaskId = body.taskId ?? '';
    const { ProcedureTask } = await eventually('the new task is finished', async () => {
      const detail = await stack.client.DescribeTaskDetail({ TaskId });
      return detail.Status === 'FINISH' && detail;
    });
    expect(ProcedureTask).toMatchObject({
      FileId: fileId,
      MediaProcessResultSet: [
        { TranscodeTask: { ErrCodeExt: 'InvalidInput.DefinitionNotExist', Input: { Definition: 424242 } } },
      ],
    });
  });

  it('a task without a failure, and one that there is not, are not tried again', async () => {
    const { task } = await awaitFinishedTask(stack.url, await process(short, [100010]));
    expect(await retry(task.taskId)).toEqual({
      status: 400,
      body: { message: 'Nothing of this task has failed.' },
    });
    expect((await retry('nothing')).body.message).toBe('There is no task nothing.');
  });

  it('an urgent one begins at once beside a long one of low priority, gets more of the processor, and is done first', async () => {
    const slow = await process(medium, [100010, 100020, 100030, 100040], -10);
    await awaitProgress(stack.url, slow);
    const [patient] = findEncoders(stack.dataFolder);
    const urgent = await process(short, [100010], 10);
    const hurried = await eventually('both are encoded', () =>
      findEncoders(stack.dataFolder).find(({ pid }) => pid !== patient?.pid && pid > 0),
    );
    expect(await nicenessOf(hurried.pid)).toBeLessThan(await nicenessOf(patient?.pid));
    const { task } = await awaitFinishedTask(stack.url, urgent);
    expect(task.subtasks.map(({ status }) => status)).toEqual(['SUCCESS']);
    const still = await awaitProgress(stack.url, slow);
    expect({ status: still.status, attempts: still.attempts }).toEqual({ status: 'PROCESSING', attempts: 1 });
    expect((await retry(still.taskId)).body.message).toMatch(/has not ended yet/);
  });
});

function statusesOf(task: TaskView): string[] {
  return task.subtasks.map(({ status }) => status);
}

async function nicenessOf(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
}
