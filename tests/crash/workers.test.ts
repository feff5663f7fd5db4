import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awaitRecords } from '../support/await-task.ts';
import { type ChildServer, findFreePort, startChildServer } from '../support/child-server.ts';
import { type ChildWorker, startChildWorker, viewWorkers } from '../support/child-worker.ts';
import type { MediaView } from '../support/console-api.ts';
import { eventually } from '../support/eventually.ts';
import { makeClip } from '../support/make-clip.ts';
import { findProcesses } from '../support/processes.ts';
import { runProgram } from '../support/program.ts';
import { uploadFile } from '../support/upload.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

const DEADLINE_MS = 120_000;

describe('workers beside a server that does no tasks itself', { timeout: 240_000 }, () => {
  let folder: WorkFolder;
  let dataFolder: string;
  let server: ChildServer;
  let workers: ChildWorker[];
  let clip: string;

  beforeAll(async () => {
    folder = await createWorkFolder();
    dataFolder = folder.join('data');
    const env = { VODSTACK_TRANSCODE_CONCURRENCY: '0' };
    server = await startChildServer({ dataFolder, port: await findFreePort(), env });
    workers = await Promise.all([startChildWorker(dataFolder), startChildWorker(dataFolder)]);
    const picture = 'testsrc2=size=640x360:rate=30,noise=alls=30:allf=t';
    clip = await makeClip(folder.join('clip.mp4'), { picture, durationSec: 4, output: ['-crf', '35'] });
  });

  afterAll(async () => {
    await Promise.all((workers ?? []).map((worker) => worker.end('SIGKILL')));
    await server?.end('SIGTERM');
    await folder?.remove();
  });

  /** One that is at an upload's task, and that task's media. */
  async function findBusy(fileIds: readonly string[]): Promise<ChildWorker> {
    return await eventually('a worker encodes', async () => {
      const busy = (await viewWorkers(server.url)).find(({ tasks }) => tasks.length > 0);
      const worker = workers.find(({ name }) => name === busy?.name);
      return worker && fileIds.length > 0 && encodersOf(worker).length > 0 && worker;
    });
  }

  function encodersOf({ name }: ChildWorker): number[] {
    const found = findProcesses(`${dataFolder}/workers/${name}/scratch`);
    return found.filter(({ command }) => command.includes('ffmpeg')).map(({ pid }) => pid);
  }

  async function expectWell(fileId: string): Promise<MediaView> {
    const media = await awaitRecords(server.url, fileId, DEADLINE_MS);
    expect(media.status).toBe('Normal');
    expect(media.tasks).toHaveLength(1);
    const names = await readdir(`${dataFolder}/blobs/media/${fileId}`, {
      recursive: true,
      withFileTypes: true,
    });
    expect(names.filter((entry) => entry.isFile())).toHaveLength(3);
    return media;
  }

  async function expectTidy(worker: ChildWorker): Promise<void> {
    await eventually('its scratch space is empty', async () => {
      return (await readdir(`${dataFolder}/workers/${worker.name}/scratch`)).length === 0;
    });
  }

  it('a stopped one loses its task to the other, and once awake it writes nothing', async () => {
    const { FileId } = await uploadFile(server, clip);
    const stopped = await findBusy([FileId]);
    stopped.process.kill('SIGSTOP');
    const { tasks } = await expectWell(FileId);
    expect(tasks[0]?.attempts).toBe(2);
    stopped.process.kill('SIGCONT');
    await expectTidy(stopped);
    await expectWell(FileId);
    await eventually('it is at work again', async () =>
      (await viewWorkers(server.url)).every(({ state }) => state === 'ready'),
    );
  });

  it('one that is told to end finishes what it has begun, takes nothing new and leaves the list', async () => {
    const { FileId } = await uploadFile(server, clip);
    const ended = await findBusy([FileId]);
    expect(await ended.end('SIGTERM')).toBe(0);
    const { tasks } = await expectWell(FileId);
    expect(tasks[0]?.attempts).toBe(1);
    workers = workers.filter((worker) => worker !== ended);
    const list = await runProgram(['workers', '--endpoint', server.url, '--data', dataFolder, '--json'], {
      env: { SECRET_ID: undefined, SECRET_KEY: undefined },
    });
    expect({ code: list.exitCode, errors: list.stderr }).toEqual({ code: 0, errors: '' });
    const lines = list.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { role: string; slots: number });
    expect(lines.map(({ role, slots }) => ({ role, slots }))).toEqual([
      { role: 'server', slots: 0 },
      { role: 'worker', slots: 1 },
    ]);
  });
});
