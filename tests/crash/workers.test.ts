import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awaitRecords } from '../support/await-task.ts';
import { awaitReady, type ChildServer, findFreePort, startChildServer } from '../support/child-server.ts';
import { type ChildWorker, startChildWorker, viewWorkers } from '../support/child-worker.ts';
import type { MediaView } from '../support/console-api.ts';
import { download } from '../support/download.ts';
import { eventually } from '../support/eventually.ts';
import { makeClip } from '../support/make-clip.ts';
import { findProcesses, isAlive } from '../support/processes.ts';
import { runProgram } from '../support/program.ts';
import { createRandom, shuffle } from '../support/random.ts';
import { uploadFile } from '../support/upload.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

/** Another one gives another course of events; a failure names it. */
const SEED = Number(process.env['VODSTACK_TEST_SEED'] ?? 20_261_124);
const MAX_WAIT_MS = 2_500;
const DEADLINE_MS = 150_000;
/** Slow is not stalled, but here nobody wants to wait for two minutes. */
const ENV = { VODSTACK_STALL_SECONDS: '8' };

let folder: WorkFolder;
let dataFolder: string;
let port: number;
let server: ChildServer;
let workers: ChildWorker[];
let clip: string;

const startServer = (): Promise<ChildServer> =>
  startChildServer({ dataFolder, port, env: { ...ENV, VODSTACK_TRANSCODE_CONCURRENCY: '0' } });

beforeAll(async () => {
  folder = await createWorkFolder();
  dataFolder = folder.join('data');
  port = await findFreePort();
  const picture = 'testsrc2=size=640x360:rate=30,noise=alls=30:allf=t';
  clip = await makeClip(folder.join('clip.mp4'), { picture, durationSec: 2, output: ['-crf', '35'] });
  server = await startServer();
  workers = await Promise.all([startChildWorker(dataFolder, ENV), startChildWorker(dataFolder, ENV)]);
});

afterAll(async () => {
  await Promise.all((workers ?? []).map((worker) => worker.end('SIGKILL')));
  await server?.end('SIGTERM');
  await folder?.remove();
});

const HARMS: Readonly<Record<string, () => Promise<void>>> = {
  'the server is killed': async () => {
    await server.end('SIGKILL');
    server = await startServer();
  },
  'a worker is killed': async () => {
    const killed = workers.shift();
    await killed?.end('SIGKILL');
    // The next one of this machine takes its name and removes what it left.
    const next = await startChildWorker(dataFolder, ENV);
    expect(next.name).toBe(killed?.name);
    workers.push(next);
  },
  'every ffmpeg is killed': async () => signalAll(findFfmpegs(), 'SIGKILL'),
  'every ffmpeg is stopped': async () => signalAll(findFfmpegs(), 'SIGSTOP'),
  'PostgreSQL is killed': async () => {
    const pid = Number.parseInt(await readFile(`${dataFolder}/postgres/data/postmaster.pid`, 'utf8'), 10);
    signalAll([pid], 'SIGKILL');
    await eventually('it has ended', () => !isAlive(pid));
    await awaitReady(server.url, server);
  },
  'the server is stopped for a moment': async () => {
    server.process.kill('SIGSTOP');
    await delay(1_000);
    server.process.kill('SIGCONT');
  },
};

describe('workers beside a server that does no tasks itself', { timeout: 300_000 }, () => {
  it(`whatever is killed or stopped at whatever moment, every task ends well, once, and nothing is left over (seed ${SEED})`, async () => {
    const random = createRandom(SEED);
    const fileIds: string[] = [];
    for (const [name, harm] of shuffle(Object.entries(HARMS), random)) {
      const { FileId } = await uploadFile(server, clip);
      fileIds.push(FileId);
      await delay(random() * MAX_WAIT_MS);
      await harm().catch((error: unknown) => Promise.reject(new Error(name, { cause: error })));
    }
    for (const fileId of fileIds) await expectWhole(fileId);
    await eventually('no ffmpeg is left', () => findFfmpegs().length === 0);
    await expectTidy();
  });

  it('a stopped one loses its task to the other, and once awake it writes nothing', async () => {
    const { FileId } = await uploadFile(server, clip);
    const stopped = await findBusy();
    stopped.process.kill('SIGSTOP');
    const { tasks } = await expectWhole(FileId);
    expect(tasks[0]?.attempts).toBe(2);
    stopped.process.kill('SIGCONT');
    await eventually('it is at work again', async () =>
      (await viewWorkers(server.url)).every(({ state }) => state === 'ready'),
    );
    await expectTidy();
    await expectWhole(FileId);
  });

  it('one that is told to end finishes what it has begun, takes nothing new and leaves the list', async () => {
    const { FileId } = await uploadFile(server, clip);
    const ended = await findBusy();
    expect(await ended.end('SIGTERM')).toBe(0);
    const { tasks } = await expectWhole(FileId);
    expect(tasks[0]?.attempts).toBe(1);
    workers = workers.filter((worker) => worker !== ended);
    const list = await runProgram(['workers', '--endpoint', server.url, '--data', dataFolder, '--json'], {
      env: { SECRET_ID: undefined, SECRET_KEY: undefined },
    });
    expect({ code: list.exitCode, errors: list.stderr }).toEqual({ code: 0, errors: '' });
    const lines = list.stdout.trim().split('\n');
    const shown = lines.map((line) => JSON.parse(line) as { role: string; slots: number });
    expect(shown.map(({ role, slots }) => `${role} ${slots}`).toSorted((a, b) => a.localeCompare(b))).toEqual(
      ['server 0', 'worker 1'],
    );
  });
});

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) if (isAlive(pid)) process.kill(pid, signal);
}

/** Of one worker, or of all. */
function findFfmpegs(name = ''): number[] {
  const found = findProcesses(`${dataFolder}/workers/${name}`);
  return found.filter(({ command }) => command.includes('ffmpeg')).map(({ pid }) => pid);
}

async function findBusy(): Promise<ChildWorker> {
  return await eventually('a worker encodes', async () => {
    const busy = (await viewWorkers(server.url)).find(({ tasks }) => tasks.length > 0);
    const worker = workers.find(({ name }) => name === busy?.name);
    return worker && findFfmpegs(worker.name).length > 0 && worker;
  });
}

/** Both renditions are recorded, and their files are those that their rows tell of. */
async function expectWhole(fileId: string): Promise<MediaView> {
  const media = await awaitRecords(server.url, fileId, DEADLINE_MS);
  const [task, ...others] = media.tasks;
  const statuses = task?.subtasks.map(({ status }) => status);
  expect({ others, statuses }).toEqual({ others: [], statuses: ['SUCCESS', 'SUCCESS'] });
  for (const { output } of task?.subtasks ?? []) {
    const { md5, bytes } = await download(output?.url ?? '');
    expect({ md5, sizeBytes: bytes.length }).toEqual({ md5: output?.md5, sizeBytes: output?.sizeBytes });
  }
  const entries = await readdir(`${dataFolder}/blobs/media/${fileId}`, {
    recursive: true,
    withFileTypes: true,
  });
  // The source and two renditions of one attempt: what an earlier one made is gone.
  expect(entries.filter((entry) => entry.isFile())).toHaveLength(3);
  return media;
}

async function expectTidy(): Promise<void> {
  for (const { name } of workers) {
    await eventually(`the scratch space of ${name} is empty`, async () => {
      return (await readdir(`${dataFolder}/workers/${name}/scratch`)).length === 0;
    });
  }
  const names = (await readdir(`${dataFolder}/blobs`)).filter((name) => name.startsWith('.parts'));
  for (const name of names) expect(await readdir(`${dataFolder}/blobs/${name}`)).toEqual([]);
}
