import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awaitRecords } from '../support/await-task.ts';
import { viewMedia } from '../support/console-api.ts';
import { makeClip } from '../support/make-clip.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

describe('the service address', () => {
  let folder: WorkFolder;
  let stack: Stack;
  let fileId: string;
  let payload: string;

  beforeAll(async () => {
    folder = await createWorkFolder();
    stack = await startStack();
    ({ FileId: fileId } = await uploadFile(stack, await makeClip(folder.join('clip.mp4'))));
    payload = (await viewMedia(stack.url, fileId)).events[0]?.payload ?? '';
  });

  afterAll(async () => {
    await stack?.stop();
    await folder?.remove();
  });

  async function notify(body: string | Buffer<ArrayBuffer>): Promise<number> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(stack.server.receiverAddress, { method: 'POST', body, headers });
    await response.arrayBuffer();
    return response.status;
  }

  it('a notification that comes again, even at the same moment, starts no second transcode', async () => {
    expect(await Promise.all([notify(payload), notify(payload), notify(payload)])).toEqual([200, 200, 200]);
    await awaitRecords(stack.url, fileId);
    expect(await notify(payload)).toBe(200);
    const { TaskSet = [] } = await stack.client.DescribeTasks({ FileId: fileId });
    expect(TaskSet).toHaveLength(1);
  });

  it('the end of a task that is reported again is recorded in the same two rows', async () => {
    const { events } = await awaitRecords(stack.url, fileId);
    const end = events.find(({ type }) => type === 'ProcedureStateChanged')?.payload ?? '';
    expect(await notify(end)).toBe(200);
    const { records } = await viewMedia(stack.url, fileId);
    expect(records.map(({ definition, timesSeen }) => ({ definition, timesSeen }))).toEqual([
      { definition: 100010, timesSeen: 2 },
      { definition: 100020, timesSeen: 2 },
    ]);
  });

  it.each([
    { what: 'no JSON', body: 'EventType=NewFileUpload' },
    { what: 'nothing', body: '' },
    { what: 'a JSON list', body: '[]' },
    { what: 'JSON without an EventType', body: '{"FileUploadEvent":{"FileId":"1"}}' },
    { what: 'an upload without a FileId', body: '{"EventType":"NewFileUpload","FileUploadEvent":{}}' },
    { what: 'bytes that are no UTF-8', body: Buffer.from([0xff, 0xfe, 0x00, 0x80]) },
    { what: 'JSON that is nested a hundred thousand deep', body: '['.repeat(100_000) },
  ])('a body that is $what is answered with 400', async ({ body }) => {
    expect(await notify(body)).toBe(400);
  });

  it('a body of 10 MB is answered with 413', async () => {
    const filler = 'x'.repeat(10_000_000);
    expect(await notify(`{"EventType":"NewFileUpload","Filler":"${filler}"}`)).toBe(413);
  });

  it('after all that, the next upload is processed as ever', async () => {
    const clip = await makeClip(folder.join('next.mp4'));
    const { FileId } = await uploadFile(stack, clip);
    const media = await awaitRecords(stack.url, FileId);
    expect(media.status).toBe('Normal');
    expect((await fetch(`${stack.url}/healthz`)).status).toBe(200);
  });
});
