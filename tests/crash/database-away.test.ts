import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { awaitProgress, awaitRecords } from '../support/await-task.ts';
import { type ChildServer, findFreePort, startChildServer } from '../support/child-server.ts';
import { eventually } from '../support/eventually.ts';
import { makeClip } from '../support/make-clip.ts';
import { findEncoders } from '../support/processes.ts';
import { startSeparatePostgres } from '../support/separate-postgres.ts';
import { uploadFile } from '../support/upload.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

const DEADLINE_MS = 150_000;

describe('a database that goes away in a transcode', { timeout: 240_000 }, () => {
  let folder: WorkFolder;
  let clip: string;
  let dataFolder: string;
  let server: ChildServer | undefined;

  beforeAll(async () => {
    folder = await createWorkFolder();
    const picture = 'testsrc2=size=640x360:rate=30,noise=alls=30:allf=t';
    clip = await makeClip(folder.join('clip.mp4'), { picture, durationSec: 6, output: ['-crf', '35'] });
  });

  beforeEach((test) => {
    dataFolder = folder.join(test.task.id);
  });

  afterEach(async () => {
    await server?.end('SIGTERM');
    server = undefined;
  });

  afterAll(async () => await folder?.remove());

  it('is started again when it was the embedded one, and the transcode goes on as if nothing had been', async () => {
    server = await startChildServer({ dataFolder, port: await findFreePort() });
    const { FileId } = await uploadFile(server, clip);
    await awaitProgress(server.url, FileId);
    const encoders = findEncoders(dataFolder);
    const killed = await eventually('it runs', () => readPostmaster(dataFolder));
    process.kill(killed, 'SIGKILL');
    await eventually('another one runs', async () => {
      const pid = await readPostmaster(dataFolder);
      return pid !== killed && pid !== undefined;
    });
    await awaitHealth(server.url);
    await expectOneAttempt(server, FileId);
    expect(encoders).toHaveLength(1);
  });

  it('costs nothing but the ten seconds when it was a separate one: no task is begun anew, no event is lost', async () => {
    const postgres = await startSeparatePostgres();
    try {
      const env = { VODSTACK_DATABASE_URL: postgres.url };
      server = await startChildServer({ dataFolder, port: await findFreePort(), env });
      const { FileId } = await uploadFile(server, clip);
      await awaitProgress(server.url, FileId);
      await postgres.crash();
      expect((await fetch(`${server.url}/healthz`)).status).toBe(503);
      await delay(10_000);
      await postgres.restart();
      await awaitHealth(server.url);
      await expectOneAttempt(server, FileId);
      await server.end('SIGTERM');
      server = undefined;
    } finally {
      await postgres.stop();
    }
  });
});

async function expectOneAttempt(server: ChildServer, fileId: string): Promise<void> {
  const media = await awaitRecords(server.url, fileId, DEADLINE_MS);
  expect(media.status).toBe('Normal');
  expect(media.tasks.map(({ status, attempts }) => ({ status, attempts }))).toEqual([
    { status: 'FINISH', attempts: 1 },
  ]);
  expect(media.records.map(({ definition }) => definition)).toEqual([100010, 100020]);
  expect({ code: server.process.exitCode, signal: server.process.signalCode }).toEqual({
    code: null,
    signal: null,
  });
}

async function awaitHealth(url: string): Promise<void> {
  await eventually('the server is well again', async () => (await fetch(`${url}/healthz`)).ok);
}

/** Its process id; absent while it is being started again. */
async function readPostmaster(dataFolder: string): Promise<number | undefined> {
  const text = await readFile(`${dataFolder}/postgres/data/postmaster.pid`, 'utf8').catch(() => '');
  return Number.parseInt(text, 10) || undefined;
}
