import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awaitProgress, awaitRecords } from '../support/await-task.ts';
import { type ChildServer, findFreePort, startChildServer } from '../support/child-server.ts';
import { eventually } from '../support/eventually.ts';
import { makeClip } from '../support/make-clip.ts';
import { type SeparatePostgres, startSeparatePostgres } from '../support/separate-postgres.ts';
import { uploadFile } from '../support/upload.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

const DEADLINE_MS = 150_000;
const OUTAGE_MS = 10_000;

describe('a separate database that goes away in a transcode', { timeout: 240_000 }, () => {
  let folder: WorkFolder;
  let postgres: SeparatePostgres;
  let server: ChildServer;

  beforeAll(async () => {
    [folder, postgres] = await Promise.all([createWorkFolder(), startSeparatePostgres()]);
    const env = { VODSTACK_DATABASE_URL: postgres.url };
    server = await startChildServer({ dataFolder: folder.join('data'), port: await findFreePort(), env });
  });

  afterAll(async () => {
    await server?.end('SIGTERM');
    await postgres?.stop();
    await folder?.remove();
  });

  it('for ten seconds costs nothing but these: no task is begun anew, no event is lost', async () => {
    const picture = 'testsrc2=size=640x360:rate=30,noise=alls=30:allf=t';
    const clip = await makeClip(folder.join('clip.mp4'), {
      picture,
      durationSec: 4,
      output: ['-crf', '35'],
    });
    const { FileId } = await uploadFile(server, clip);
    await awaitProgress(server.url, FileId);
    await postgres.crash();
    expect((await fetch(`${server.url}/healthz`)).status).toBe(503);
    await delay(OUTAGE_MS);
    await postgres.restart();
    await eventually('the server is well again', async () => (await fetch(`${server.url}/healthz`)).ok);

    const media = await awaitRecords(server.url, FileId, DEADLINE_MS);
    expect(media.status).toBe('Normal');
    expect(media.tasks.map(({ status, attempts }) => ({ status, attempts }))).toEqual([
      { status: 'FINISH', attempts: 1 },
    ]);
    expect(media.records.map(({ definition }) => definition)).toEqual([100010, 100020]);
    const { exitCode, signalCode } = server.process;
    expect({ exitCode, signalCode }).toEqual({ exitCode: null, signalCode: null });
  });
});
