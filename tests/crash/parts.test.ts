import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awaitRecords } from '../support/await-task.ts';
import { type ChildServer, findFreePort, startChildServer } from '../support/child-server.ts';
import { type ChildWorker, startChildWorker, viewWorkers } from '../support/child-worker.ts';
import { type TaskView, viewMedia } from '../support/console-api.ts';
import { download } from '../support/download.ts';
import { eventually } from '../support/eventually.ts';
import { makeClip } from '../support/make-clip.ts';
import { uploadFile } from '../support/upload.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

const DEADLINE_MS = 150_000;
const CLIP_SEC = 10;
/** Short parts, so that a short clip has several. */
const ENV = { VODSTACK_PART_SECONDS: '2' };

let folder: WorkFolder;
let dataFolder: string;
let server: ChildServer;
let workers: ChildWorker[];

beforeAll(async () => {
  folder = await createWorkFolder();
  dataFolder = folder.join('data');
  const port = await findFreePort();
  server = await startChildServer({ dataFolder, port, env: { ...ENV, VODSTACK_TRANSCODE_CONCURRENCY: '0' } });
  workers = await Promise.all([startChildWorker(dataFolder, ENV), startChildWorker(dataFolder, ENV)]);
});

afterAll(async () => {
  await Promise.all((workers ?? []).map((worker) => worker.end('SIGKILL')));
  await server?.end('SIGTERM');
  await folder?.remove();
});

describe('a long source, with two workers', { timeout: 300_000 }, () => {
  it('is shared by both, and when the one that holds the task is killed, only the parts that it was at are done twice', async () => {
    const picture = 'testsrc2=size=640x360:rate=30,noise=alls=30:allf=t';
    const output = ['-crf', '35', '-bf', '2'];
    const clip = await makeClip(folder.join('clip.mp4'), { picture, durationSec: CLIP_SEC, output });
    const { FileId } = await uploadFile(server, clip);

    const { workerId, name } = await eventually('both workers are at parts', async () => {
      const { parts, taskId } = await viewTask(FileId);
      const holder = (await viewWorkers(server.url)).find(({ tasks }) => tasks.includes(taskId));
      const isAtOne = parts.some((part) => part.state === 'waiting' && part.workerId === holder?.workerId);
      const isOtherToo = parts.some((part) => part.workerId && part.workerId !== holder?.workerId);
      return isAtOne && isOtherToo && holder;
    });
    await workers.find((worker) => worker.name === name)?.end('SIGKILL');
    const { parts: left } = await viewTask(FileId);

    await awaitRecords(server.url, FileId, DEADLINE_MS);
    const task = await viewTask(FileId);
    expect(task).toMatchObject({ attempts: 2, subtasks: [{ status: 'SUCCESS' }, { status: 'SUCCESS' }] });
    const runs = [...left.map(({ part }) => `part-${part}`), 'sound', 'shared'];
    expect(task.plan.map((run) => run.name)).toEqual(runs);
    const wanted = left.map(({ part, state, workerId: of }) => ({
      part,
      state: 'done',
      attempts: state === 'waiting' && of === workerId ? 2 : 1,
    }));
    expect(task.parts.map(({ part, state, attempts }) => ({ part, state, attempts }))).toEqual(wanted);
    expect(wanted.some(({ attempts }) => attempts === 2)).toBe(true);

    for (const { output: made } of task.subtasks) {
      const { bytes, md5 } = await download(made?.url ?? '');
      expect(md5).toBe(made?.md5);
      const path = folder.join('made.mp4');
      await writeFile(path, bytes);
      expect(await countPackets(path)).toEqual({ video: CLIP_SEC * 25, durationSec: CLIP_SEC });
    }
    await eventually('no part is left in the store', async () => {
      const names = await readdir(`${dataFolder}/blobs`, { recursive: true });
      return names.every((entry) => !entry.startsWith('parts/'));
    });
  });
});

async function viewTask(fileId: string): Promise<TaskView> {
  const { tasks } = await eventually('the task is there', async () => {
    const media = await viewMedia(server.url, fileId);
    return media.tasks.length > 0 && media;
  });
  const [task] = tasks;
  if (!task) throw new Error(`${fileId} has no task`);
  return task;
}

async function countPackets(path: string): Promise<{ video: number; durationSec: number }> {
  const shown = [
    '-select_streams',
    'v',
    '-count_packets',
    '-show_entries',
    'stream=nb_read_packets:format=duration',
  ];
  const { stdout } = await promisify(execFile)('ffprobe', ['-v', 'error', ...shown, '-of', 'json', path]);
  const report = JSON.parse(stdout) as {
    streams: [{ nb_read_packets: string }];
    format: { duration: string };
  };
  const [{ nb_read_packets: video }] = report.streams;
  return { video: Number(video), durationSec: Math.round(Number(report.format.duration)) };
}
