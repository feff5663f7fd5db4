import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createDatabase,
  createJobQueue,
  createLogger,
  JobStoppedError,
  LeaseLostError,
  PermanentJobError,
  type Database,
  type ExhaustedJob,
  type Job,
  type JobQueue,
} from '../../src/index.ts';
import { startTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';

const logger = createLogger({ level: 'silent' });
/** The shortest heartbeat there is: what waits for one takes this long. */
const settings = { concurrency: 1, retryLimit: 2, heartbeatSec: 10 };

let server: TestDatabase;
let database: Database;
let db: Kysely<Record<string, never>>;
let jobs: JobQueue;
let queue: string;

beforeAll(async () => {
  server = await startTestDatabase();
  database = createDatabase({ connection: server.connection, logger });
  db = database.kysely();
});

afterAll(async () => {
  await database.close();
  await server.stop();
});

beforeEach(async () => {
  queue = `test.${randomUUID()}`;
  jobs = createJobQueue({ database, logger });
  await jobs.start();
});

afterEach(() => jobs.stop());

describe('send', () => {
  it('gives the job to a worker when the transaction commits', async () => {
    const handled = await collectJobs();
    const id = await db.transaction().execute((tx) => jobs.send(tx, queue, { file: 'a' }));
    const [job] = await waitFor(() => handled.length > 0 && handled);
    expect(job).toMatchObject({ id, data: { file: 'a' }, attempt: 1 });
  });

  it('leaves nothing when the transaction rolls back', async () => {
    await jobs.defineQueue(queue, settings);
    const rollback = db.transaction().execute(async (tx) => {
      await jobs.send(tx, queue, { file: 'lost' });
      throw new Error('no');
    });
    await expect(rollback).rejects.toThrow('no');
    expect(await readJobs()).toEqual([]);
  });

  it('works for a queue that no worker has defined yet, with a heartbeat', async () => {
    await jobs.send(db, queue, {});
    expect(await readJobs()).toMatchObject([{ state: 'created', heartbeat_seconds: 30 }]);
  });

  it('says so when the queue is not started', async () => {
    const other = createJobQueue({ database, logger });
    await expect(other.send(db, queue, {})).rejects.toThrow('not started');
    await other.stop();
  });
});

describe('work', () => {
  it('takes the higher priority first and then the older job', async () => {
    for (const [name, priority] of [
      ['a', 0],
      ['b', 5],
      ['c', 0],
      ['d', 10],
    ] as const) {
      await jobs.send(db, queue, { name }, { priority });
    }
    const handled = await collectJobs();
    await waitFor(() => handled.length === 4);
    expect(handled.map(({ data }) => data['name'])).toEqual(['d', 'b', 'a', 'c']);
  });

  it('runs as many jobs at once as it may, and no more', async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    await db.transaction().execute(async (tx) => {
      for (let index = 0; index < 20; index += 1) await jobs.send(tx, queue, { index });
    });
    await jobs.work(queue, { ...settings, concurrency: 4 }, async () => {
      most = Math.max(most, (running += 1));
      await delay(5);
      running -= 1;
      done += 1;
    });
    await waitFor(() => done === 20);
    expect(most).toBe(4);
  });

  it('begins a more urgent job beside those that take up every place, and no other', async () => {
    const order: string[] = [];
    const ends = new Map<string, () => void>();
    await jobs.work(queue, { ...settings, overtakes: true }, ({ data }) => {
      order.push(String(data['name']));
      return new Promise((resolve) => ends.set(String(data['name']), resolve));
    });
    const send = (name: string, priority: number): Promise<string> =>
      jobs.send(db, queue, { name }, { priority });
    await send('long', -10);
    await waitFor(() => order.length === 1);
    await send('alike', -10);
    await send('urgent', 0);
    await waitFor(() => order.length === 2);
    await send('equal', 0);
    await send('most urgent', 10);
    await waitFor(() => order.length === 3);
    ends.get('urgent')?.();
    ends.get('most urgent')?.();
    await waitFor(() => order.length === 4);
    ends.get('equal')?.();
    ends.get('long')?.();
    await waitFor(() => order.length === 5);
    ends.get('alike')?.();
    expect(order).toEqual(['long', 'urgent', 'most urgent', 'equal', 'alike']);
  });

  it('leaves every job to others when it may do none at once', async () => {
    const idle = await collectJobs(0);
    const id = await jobs.send(db, queue, {});
    const other = createJobQueue({ database, logger });
    await other.start();
    const handled: string[] = [];
    await other.work(queue, settings, async (job) => void handled.push(job.id));
    await waitFor(() => handled.length === 1);
    await other.stop();
    expect({ idle, handled }).toEqual({ idle: [], handled: [id] });
  });

  it('lets what has begun end at a stop that drains, and gives back what takes longer', async () => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const begun: string[] = [];
    await jobs.work(queue, { ...settings, concurrency: 2 }, async ({ data, signal }) => {
      begun.push(String(data['name']));
      if (data['name'] === 'short') return await ended;
      await once(signal, 'abort');
      signal.throwIfAborted();
    });
    for (const name of ['short', 'long', 'late']) await jobs.send(db, queue, { name });
    await waitFor(() => begun.length === 2);
    const drain = new AbortController();
    const stopped = jobs.stop({ drain: drain.signal });
    end();
    await waitFor(async () => (await readJobs()).some(({ state }) => state === 'completed'));
    drain.abort();
    await stopped;
    const states = (await readJobs()).map(({ state }) => String(state));
    expect(states.toSorted((a, b) => a.localeCompare(b))).toEqual(['completed', 'created', 'retry']);
    // Two that are fetched together begin in any order.
    expect(begun.toSorted((a, b) => a.localeCompare(b))).toEqual(['long', 'short']);
  });

  it('accepts one handler for each queue and only a heartbeat that the queue can watch', async () => {
    await jobs.work(queue, settings, async () => undefined);
    await expect(jobs.work(queue, settings, async () => undefined)).rejects.toThrow('already');
    await expect(jobs.defineQueue(queue, { ...settings, heartbeatSec: 5 })).rejects.toThrow(RangeError);
  });

  it('may be registered before the start', async () => {
    const other = createJobQueue({ database, logger });
    const handled: Job[] = [];
    await other.work(queue, settings, async (job) => void handled.push(job));
    await other.start();
    await other.send(db, queue, {});
    await waitFor(() => handled.length === 1);
    await other.stop();
    expect(handled[0]?.attempt).toBe(1);
  });

  it('goes on after the database dropped all its connections', async () => {
    const handled = await collectJobs();
    await database.pool.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await waitFor(() => jobs.send(db, queue, {}).catch(() => null));
    await waitFor(() => handled.length > 0);
    expect(handled[0]?.attempt).toBe(1);
  });
});

describe('a job that fails', () => {
  it('is tried again, with another attempt number each time, until it succeeds', async () => {
    const attempts: number[] = [];
    await jobs.work(queue, settings, async ({ attempt }) => {
      attempts.push(attempt);
      if (attempt < 3) throw new Error('not yet');
    });
    await jobs.send(db, queue, {});
    await waitFor(async () => (await readJobs())[0]?.['state'] === 'completed');
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('is reported once, with its error, when no retry is left', async () => {
    const reports = await workAndReport({ ...settings, retryLimit: 0 }, async () => {
      throw new TypeError('boom');
    });
    const id = await jobs.send(db, queue, { file: 'a' });
    const [report] = await waitFor(() => reports.length > 0 && reports);
    expect(report?.job).toEqual({ id, data: { file: 'a' }, attempts: 1 });
    expect(report?.error).toMatchObject({ name: 'TypeError', message: 'boom' });
    expect(await readJobs()).toMatchObject([{ state: 'failed' }]);
  });

  it('is given up at once when trying again cannot help', async () => {
    const reports = await workAndReport(settings, async () => {
      throw new PermanentJobError('not a video');
    });
    await jobs.send(db, queue, {});
    const [report] = await waitFor(() => reports.length > 0 && reports);
    expect(report).toMatchObject({ job: { attempts: 1 }, error: { message: 'not a video' } });
  });

  it('is reported again when the report itself failed', async () => {
    let calls = 0;
    const onExhausted = async (): Promise<void> => {
      calls += 1;
      if (calls === 1) throw new Error('the database was away');
    };
    await jobs.work(queue, { ...settings, retryLimit: 0, onExhausted }, async () => {
      throw new Error('boom');
    });
    await jobs.send(db, queue, {});
    await waitFor(() => calls === 2);
    expect(await readJobs()).toMatchObject([{ state: 'failed' }]);
  });
});

describe('stop', () => {
  it('aborts the handlers and gives their jobs back at once, without using up a retry', async () => {
    const reasons: unknown[] = [];
    const waiting = untilAborted(reasons);
    await jobs.work(queue, { ...settings, retryLimit: 0 }, waiting.handler);
    await jobs.send(db, queue, {});
    await waiting.started;
    await jobs.stop();
    expect(reasons).toEqual([expect.any(JobStoppedError)]);
    expect(await readJobs()).toMatchObject([{ state: 'retry', retry_limit: 1 }]);
    jobs = createJobQueue({ database, logger });
    await jobs.start();
    const handled = await collectJobs();
    await waitFor(() => handled.length === 1);
    expect(handled[0]?.attempt).toBe(2);
  });

  it('records a job that was finished in spite of the signal', async () => {
    const { promise: started, resolve } = Promise.withResolvers<void>();
    await jobs.work(queue, settings, async ({ signal }) => {
      resolve();
      await once(signal, 'abort');
    });
    await jobs.send(db, queue, {});
    await started;
    await jobs.stop();
    expect(await readJobs()).toMatchObject([{ state: 'completed' }]);
  });
});

describe('the lease', () => {
  it('is kept by heartbeats while a handler takes longer than it', async () => {
    const seen: Job[] = [];
    await jobs.work(queue, settings, async (job) => {
      seen.push(job);
      // Real time: it is the database's clock that the lease runs by.
      await delay(settings.heartbeatSec * 1000 + 3_000);
    });
    await jobs.send(db, queue, {});
    await waitFor(async () => (await readJobs())[0]?.['state'] === 'completed', 30_000);
    expect(seen.map(({ attempt, signal }) => ({ attempt, aborted: signal.aborted }))).toEqual([
      { attempt: 1, aborted: false },
    ]);
  });

  it('is lost to another attempt: the signal aborts and the late end changes nothing', async () => {
    const reasons: unknown[] = [];
    const waiting = untilAborted(reasons, 'ends well');
    await jobs.work(queue, settings, waiting.handler);
    await jobs.send(db, queue, {});
    await waiting.started;
    await database.pool.query('UPDATE pgboss.job SET retry_count = retry_count + 1 WHERE name = $1', [queue]);
    await waitFor(() => reasons.length === 1);
    expect(reasons).toEqual([expect.any(LeaseLostError)]);
    expect(await readJobs()).toMatchObject([{ state: 'active', retry_count: 1 }]);
  });

  it('of a killed worker passes to a living one', async () => {
    const worker = forkWorker(2);
    await jobs.defineQueue(queue, settings);
    const id = await jobs.send(db, queue, {});
    expect(await nextMessage(worker)).toEqual({ id, attempt: 1 });
    await kill(worker);
    const handled = await collectJobs();
    await waitFor(() => handled.length === 1, 2 * settings.heartbeatSec * 1000);
    expect(handled[0]).toMatchObject({ id, attempt: 2 });
  });

  it('of the last worker that died ends in a report', async () => {
    const worker = forkWorker(0);
    await jobs.defineQueue(queue, { ...settings, retryLimit: 0 });
    const id = await jobs.send(db, queue, { file: 'a' });
    await nextMessage(worker);
    await kill(worker);
    const reports = await workAndReport({ ...settings, retryLimit: 0 }, async () => undefined);
    const [report] = await waitFor(() => reports.length > 0 && reports, 2 * settings.heartbeatSec * 1000);
    expect(report?.job).toEqual({ id, data: { file: 'a' }, attempts: 1 });
    expect(report?.error.message).toContain('worker was lost');
  });
});

async function collectJobs(concurrency = 1): Promise<Job[]> {
  const handled: Job[] = [];
  await jobs.work(queue, { ...settings, concurrency }, async (job) => void handled.push(job));
  return handled;
}

interface Report {
  job: ExhaustedJob;
  error: Error;
}

async function workAndReport(
  options: typeof settings,
  handler: (job: Job) => Promise<void>,
): Promise<Report[]> {
  const reports: Report[] = [];
  const onExhausted = async (job: ExhaustedJob, error: Error): Promise<void> =>
    void reports.push({ job, error });
  await jobs.work(queue, { ...options, onExhausted }, handler);
  return reports;
}

/** A handler that runs until its signal aborts. */
function untilAborted(
  reasons: unknown[],
  end: 'throws' | 'ends well' = 'throws',
): { started: Promise<void>; handler: (job: Job) => Promise<void> } {
  const { promise: started, resolve } = Promise.withResolvers<void>();
  const handler = async ({ signal }: Job): Promise<void> => {
    resolve();
    await once(signal, 'abort');
    reasons.push(signal.reason);
    if (end === 'throws') signal.throwIfAborted();
  };
  return { started, handler };
}

async function readJobs(): Promise<Record<string, unknown>[]> {
  const { rows } = await database.pool.query<Record<string, unknown>>(
    'SELECT state, retry_count, retry_limit, heartbeat_seconds FROM pgboss.job WHERE name = $1',
    [queue],
  );
  return rows;
}

function forkWorker(retryLimit: number): ChildProcess {
  const script = join(import.meta.dirname, '../fixtures/worker-process.ts');
  return fork(script, [JSON.stringify(server.connection), queue, String(retryLimit)]);
}

async function nextMessage(worker: ChildProcess): Promise<unknown> {
  const [message]: unknown[] = await once(worker, 'message');
  return message;
}

async function kill(worker: ChildProcess): Promise<void> {
  worker.kill('SIGKILL');
  await once(worker, 'exit');
}
