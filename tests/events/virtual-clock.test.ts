import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { listConsole, postConsole } from '../support/console-api.ts';
import { errorOf } from '../support/error-of.ts';
import { type EventListener, startEventListener } from '../support/event-listener.ts';
import { eventually } from '../support/eventually.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

const DAY_MS = 86_400_000;
/** The schedule's, each with its longest jitter. */
const WAITS_SEC = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400].map((sec) => sec * 1.1 + 1);

let stack: Stack;
let clip: Clip;
let textPath: string;
let listener: EventListener;

beforeAll(async () => {
  [stack, clip, listener] = await Promise.all([
    startQuietStack({ virtualClock: 'on', fast: 'on' }),
    createClip(),
    startEventListener({ status: 500, body: '' }),
  ]);
  textPath = await clip.write('note.mp4', 'A text.');
});
afterAll(async () => {
  await stack?.stop();
  await listener?.stop();
  await clip?.remove();
});

async function advance(ms: number): Promise<void> {
  const { status, answer } = await postConsole(stack.url, '/clock/advance', { ms });
  expect({ status, answer }).toMatchObject({ status: 200, answer: { isVirtual: true } });
}

async function trigger(): Promise<number> {
  const { answer } = await postConsole(stack.url, '/events/trigger', { type: 'FileDeleted' });
  return Number(answer['eventId']);
}

describe('time that is moved forward', () => {
  it('leads an event through its whole schedule to the dead letters', async () => {
    const { answer } = await postConsole(stack.url, '/endpoints', { url: listener.url });
    const eventId = await trigger();
    for (const [index, waitSec] of WAITS_SEC.entries()) {
      await eventually(`send ${index + 1}`, async () => {
        const [event] = await listConsole(stack.url, `/events?limit=1&before=${eventId + 1}`);
        return ((event?.['attempts'] ?? []) as object[]).length === index + 1;
      });
      await advance(Math.ceil(waitSec * 1000));
    }
    const letters = await eventually('the dead letter', async () => {
      const found = await listConsole(stack.url, '/dead-letters');
      return found.length > 0 && found;
    });
    expect(letters).toMatchObject([{ eventId, reason: 'status 500; given up after 10 sends' }]);
    await postConsole(stack.url, `/endpoints/${String(answer['endpointId'])}/remove`);
  });

  it('brings back pulled events that nobody confirmed, and ends what was kept for four days', async () => {
    await stack.client.ModifyEventConfig({ Mode: 'PULL' });
    await trigger();
    expect((await stack.client.PullEvents({})).EventSet).toHaveLength(1);
    await advance(31_000);
    expect((await stack.client.PullEvents({})).EventSet).toHaveLength(1);
    await advance(4 * DAY_MS);
    expect(await errorOf(stack.client.PullEvents({}))).toMatchObject({ message: 'no event' });
    await stack.client.ModifyEventConfig({ Mode: 'PUSH' });
  });

  it('ends media whose time is over, and the official client works on as before', async () => {
    const { answer } = await postConsole(stack.url, '/clock/advance', { ms: 1000 });
    const ExpireTime = new Date(Date.parse(String(answer['now'])) + DAY_MS).toISOString();
    const { FileId } = await uploadFile(stack, textPath, { ExpireTime });
    const kept = await uploadFile(stack, clip.path);
    await advance(DAY_MS + 1000);
    const infos = await stack.client.DescribeMediaInfos({ FileIds: [FileId, kept.FileId] });
    expect(infos.NotExistFileIdSet).toEqual([FileId]);
    expect(infos.MediaInfoSet?.map((media) => media.FileId)).toEqual([kept.FileId]);
  });

  it('does not keep a task from being done, quickly', async () => {
    const { FileId } = await uploadFile(stack, clip.path);
    const MediaProcessTask = { TranscodeTaskSet: [{ Definition: 100010 }] };
    const { TaskId = '' } = await stack.client.ProcessMedia({ FileId, MediaProcessTask });
    const { ProcedureTask } = await eventually('the task has finished', async () => {
      const detail = await stack.client.DescribeTaskDetail({ TaskId });
      return detail.Status === 'FINISH' && detail;
    });
    expect(ProcedureTask?.MediaProcessResultSet?.[0]?.TranscodeTask).toMatchObject({
      Status: 'SUCCESS',
      Output: { Definition: 100010, Height: 360 },
    });
    await advance(4 * DAY_MS);
    expect(await errorOf(stack.client.DescribeTaskDetail({ TaskId }))).toMatchObject({
      code: 'InvalidParameterValue.TaskId',
    });
  });

  it.each([[0], [-1], [1.5], ['1d'], [10 ** 15]])('does not move by %j', async (ms) => {
    expect((await postConsole(stack.url, '/clock/advance', { ms })).status).toBe(400);
  });
});
