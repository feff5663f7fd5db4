import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awaitRecords } from '../support/await-task.ts';
import { awaitReady, type ChildServer, findFreePort, startChildServer } from '../support/child-server.ts';
import { type ChildWorker, startChildWorker } from '../support/child-worker.ts';
import type { MediaView } from '../support/console-api.ts';
import { download } from '../support/download.ts';
import { eventually } from '../support/eventually.ts';
import { makeClip } from '../support/make-clip.ts';
import { findProcesses, isAlive } from '../support/processes.ts';
import { uploadFile } from '../support/upload.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

/** Another one gives another course of events; a failure names it. */
const SEED = Number(process.env['VODSTACK_TEST_SEED'] ?? 20_261_124);
const ROUNDS = 7;
const MAX_WAIT_MS = 2_500;
const DEADLINE_MS = 150_000;

describe('whatever is killed or stopped at whatever moment', { timeout: 300_000 }, () => {
  let folder: WorkFolder;
  let dataFolder: string;
  let port: number;
  let server: ChildServer;
  let workers: ChildWorker[];
  const random = createRandom(SEED);
  const harms: Record<string, () => Promise<void>> = {
    'the server is killed': async () => {
      await server.end('SIGKILL');
      server = await startServer();
    },
    'a worker is killed': async () => {
      await workers.shift()?.end('SIGKILL');
      workers.push(await startChildWorker(dataFolder, ENV));
    },
    'a worker is told to end': async () => {
      expect(await workers.shift()?.end('SIGTERM')).toBe(0);
      workers.push(await startChildWorker(dataFolder, ENV));
    },
    'every ffmpeg is killed': async () => signalAll(findFfmpegs(), 'SIGKILL'),
    'every ffmpeg is stopped': async () => signalAll(findFfmpegs(), 'SIGSTOP'),
    'PostgreSQL is killed': async () => {
      const text = await readFile(`${dataFolder}/postgres/data/postmaster.pid`, 'utf8');
      const pid = Number.parseInt(text, 10);
      signalAll([pid], 'SIGKILL');
      await eventually('its end has been seen', () => !isAlive(pid));
      await awaitReady(server.url, server);
    },
    'the server is stopped for a moment': async () => {
      server.process.kill('SIGSTOP');
      await delay(1_000);
      server.process.kill('SIGCONT');
    },
  };

  const startServer = (): Promise<ChildServer> =>
    startChildServer({ dataFolder, port, env: { ...ENV, VODSTACK_TRANSCODE_CONCURRENCY: '0' } });

  beforeAll(async () => {
    folder = await createWorkFolder();
    dataFolder = folder.join('data');
    port = await findFreePort();
    server = await startServer();
    workers = await Promise.all([startChildWorker(dataFolder, ENV), startChildWorker(dataFolder, ENV)]);
  });

  afterAll(async () => {
    await Promise.all((workers ?? []).map((worker) => worker.end('SIGTERM')));
    await server?.end('SIGTERM');
    await folder?.remove();
  });

  function findFfmpegs(): number[] {
    return findProcesses(`${dataFolder}/workers`)
      .filter(({ command }) => command.includes('ffmpeg'))
      .map(({ pid }) => pid);
  }

  it(`every task ends well, once, and nothing is left over (seed ${SEED})`, async () => {
    const picture = 'testsrc2=size=640x360:rate=30,noise=alls=30:allf=t';
    const clip = await makeClip(folder.join('clip.mp4'), { picture, durationSec: 2, output: ['-crf', '35'] });
    const fileIds: string[] = [];
    const course = shuffle(Object.keys(harms), random).slice(0, ROUNDS);
    for (const harm of course) {
      fileIds.push((await uploadFile(server, clip)).FileId);
      await delay(random() * MAX_WAIT_MS);
      await harms[harm]?.();
    }
    for (const fileId of fileIds) {
      await expectWhole(await awaitRecords(server.url, fileId, DEADLINE_MS), course.join(', '));
    }
    await eventually('no ffmpeg is left', () => findFfmpegs().length === 0);
    for (const { name } of workers) {
      await eventually('scratch spaces are empty', async () => {
        return (await readdir(`${dataFolder}/workers/${name}/scratch`)).length === 0;
      });
    }
    const parts = (await readdir(`${dataFolder}/blobs`)).filter((name) => name.startsWith('.parts'));
    for (const name of parts) expect(await readdir(`${dataFolder}/blobs/${name}`)).toEqual([]);
  });

  async function expectWhole(media: MediaView, course: string): Promise<void> {
    const [task, ...others] = media.tasks;
    const statuses = task?.subtasks.map(({ status }) => status);
    expect({ course, others, statuses }).toEqual({ course, others: [], statuses: ['SUCCESS', 'SUCCESS'] });
    for (const { output } of task?.subtasks ?? []) {
      const { md5, bytes } = await download(output?.url ?? '');
      expect({ md5, sizeBytes: bytes.length }).toEqual({ md5: output?.md5, sizeBytes: output?.sizeBytes });
    }
    const entries = await readdir(`${dataFolder}/blobs/media/${media.fileId}`, {
      recursive: true,
      withFileTypes: true,
    });
    // The source and two renditions of one attempt: what an earlier one made is gone.
    expect(entries.filter((entry) => entry.isFile())).toHaveLength(3);
  }
});

/** Slow is not stalled, but here nobody wants to wait for two minutes. */
const ENV = { VODSTACK_STALL_SECONDS: '8' };

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) if (isAlive(pid)) process.kill(pid, signal);
}

function shuffle<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** Mulberry32: the same numbers from 0 to 1 for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
