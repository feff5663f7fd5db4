import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createLogger, DiskBlobStore } from '@vodstack/platform';
import type { VodTables } from '@vodstack/vod';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sweepOrphans } from '../../packages/vod/src/media/orphan-sweeper.ts';
import { awaitFinishedTask } from '../support/await-task.ts';
import { makeClip } from '../support/make-clip.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { callStorage, listBlobs } from '../support/storage.ts';
import { uploadFile } from '../support/upload.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

let stack: Stack;
let folder: WorkFolder;

beforeAll(async () => {
  folder = await createWorkFolder();
  stack = await startQuietStack();
});
afterAll(async () => {
  await stack?.stop();
  await folder?.remove();
});

const openBlobs = (): DiskBlobStore => new DiskBlobStore({ folder: join(stack.dataFolder, 'blobs') });

async function sweep(hoursLater: number): Promise<void> {
  const database = await stack.openDatabase();
  const context = {
    db: database.kysely<VodTables>(),
    blobs: openBlobs(),
    clock: () => new Date(Date.now() + hoursLater * 3_600_000),
    logger: createLogger({ level: 'silent' }),
  };
  await sweepOrphans(context, new AbortController().signal);
}

it('keeps every file of media, of their results, of templates and of unfinished uploads', async () => {
  const { FileId } = await uploadFile(stack, await makeClip(folder.join('clip.mp4'), { durationSec: 1 }));
  await stack.client.ProcessMedia({
    FileId,
    MediaProcessTask: {
      TranscodeTaskSet: [{ Definition: 100010 }],
      AdaptiveDynamicStreamingTaskSet: [{ Definition: 10 }],
      ImageSpriteTaskSet: [{ Definition: 10 }],
      CoverBySnapshotTaskSet: [{ Definition: 10, PositionType: 'Time', PositionValue: 0 }],
    },
  });
  await awaitFinishedTask(stack.url, FileId);
  const pixel =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  await stack.client.CreateWatermarkTemplate({ Type: 'image', ImageTemplate: { ImageContent: pixel } });
  const session = await stack.client.ApplyUpload({ MediaType: 'mp4' });
  await callStorage(stack, session, { method: 'PUT', body: 'not committed yet' });
  const begun = await callStorage(stack, session, { method: 'POST', query: { uploads: '' } });
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(begun.body.toString())?.[1] ?? '';
  await callStorage(stack, session, { method: 'PUT', query: { partNumber: '2', uploadId }, body: 'second' });
  const before = await listBlobs(stack);
  expect(before.length).toBeGreaterThan(10);
  await sweep(100);
  expect((await listBlobs(stack)).toSorted()).toEqual(before.toSorted());
});

it('removes what nothing names after a day, and not before', async () => {
  const before = (await listBlobs(stack)).length;
  await openBlobs().write('1500000001/lost/file', Readable.from(['lost']));
  await sweep(23);
  expect((await listBlobs(stack)).length).toBe(before + 1);
  await sweep(25);
  expect((await listBlobs(stack)).length).toBe(before);
});

it('leaves alone what is older than the database', async () => {
  const blobs = openBlobs();
  await blobs.write('1500000001/former/file', Readable.from(['of another database']));
  const database = await stack.openDatabase();
  const db = database.kysely<VodTables>();
  await sql`update vod.schema_version set ran_at = now() + interval '1 minute'`.execute(db);
  await sweep(100);
  expect(await blobs.stat('1500000001/former/file')).not.toBeNull();
});
