import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { EffectBusyError, migrateReceiver, UncertainEffectError } from '../src/index.ts';
import { createPgEffect } from '../src/effects/pg-effects.ts';
import { startCloudServer, type CloudServer, type Fault } from './support/cloud-server.ts';
import { settled } from './support/durable.ts';
import { startPostgres, type TestPostgres } from './support/postgres.ts';
import { startReceiverProcess, type ReceiverProcess } from './support/receiver-process.ts';
import { newFileUpload, procedureStateChanged, transcodeSuccess } from './support/samples.ts';

let postgres: TestPostgres;
let cloud: CloudServer;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  cloud = await startCloudServer();
  await migrateReceiver(postgres.pool);
});
afterEach(async () => {
  await cloud.close();
  await postgres.pool.query('drop schema receiver cascade');
});

interface Plan {
  /** Which file's events are sent, in this order; repetitions are doubled notifications. */
  readonly sends: readonly { readonly file: number; readonly isUpload: boolean }[];
  /** What the API does to its next calls. */
  readonly faults: readonly Fault[];
  /** After so many sends and milliseconds the process is killed and started again. */
  readonly kills: readonly { readonly afterSends: number; readonly afterMs: number }[];
}

const plans: fc.Arbitrary<Plan> = fc.record({
  sends: fc.array(fc.record({ file: fc.nat(2), isUpload: fc.boolean() }), { minLength: 4, maxLength: 12 }),
  faults: fc.array(
    fc.constantFrom<Fault>(
      'hang',
      'reset',
      'reset after work',
      { status: 502 },
      {
        code: 'RequestLimitExceeded',
        message: 'too many',
      },
    ),
    { maxLength: 4 },
  ),
  kills: fc.array(fc.record({ afterSends: fc.integer({ min: 1, max: 12 }), afterMs: fc.nat(60) }), {
    minLength: 1,
    maxLength: 1,
  }),
});

function toMessage({ file, isUpload }: Plan['sends'][number]): string {
  const FileId = `52858907842735331${file}`;
  if (!isUpload)
    return JSON.stringify(
      procedureStateChanged([transcodeSuccess(100010)], { FileId, TaskId: `task-${file}` }),
    );
  return JSON.stringify({ ...newFileUpload, FileUploadEvent: { ...newFileUpload.FileUploadEvent, FileId } });
}

/** As the cloud does: sends again until there is an answer. Asks for the address each time, because the process may be another. */
async function send(address: () => string, body: string): Promise<void> {
  for (;;) {
    const status = await fetch(address(), { method: 'POST', body, signal: AbortSignal.timeout(5000) }).then(
      (response) => response.status,
      () => undefined,
    );
    if (status !== undefined) return expect(status).toBe(200);
    await delay(20);
  }
}

async function play(plan: Plan, receiver: { process: ReceiverProcess }): Promise<void> {
  const sending: Promise<void>[] = [];
  for (const [index, each] of plan.sends.entries()) {
    sending.push(send(() => receiver.process.url, toMessage(each)));
    for (const { afterMs } of plan.kills.filter(({ afterSends }) => afterSends === index + 1)) {
      await delay(afterMs);
      await receiver.process.kill();
      receiver.process = await startReceiverProcess(postgres.url, cloud.endpoint);
    }
  }
  await Promise.all(sending);
  const events = new Set(plan.sends.map((each) => toMessage(each)));
  const rows = await settled(postgres.pool, events.size);
  expect(rows.map(({ state, error }) => [state, error])).toEqual(rows.map(() => ['done', null]));
  expect(rows).toHaveLength(events.size);
}

/** The files of the events of one kind. */
const filesOf = (plan: Plan, kind: 'upload' | 'procedure'): number =>
  new Set(plan.sends.flatMap(({ file, isUpload }) => (isUpload === (kind === 'upload') ? [file] : []))).size;

test('Killed at any point, with doubled and reordered notifications and an API that fails, each file is transcoded exactly once', async () => {
  const receiver = { process: await startReceiverProcess(postgres.url, cloud.endpoint) };
  let run = 0;
  const property = fc.asyncProperty(plans, async (plan) => {
    // All events of the run before are settled, so that the process is idle.
    await postgres.pool.query('truncate receiver.inbox, receiver.effect, receiver.output');
    run += 1;
    cloud.reset(...plan.faults);
    await play(plan, receiver);
    expect(cloud.tasks.size).toBe(filesOf(plan, 'upload'));
    const { rows } = await postgres.pool.query('select distinct file_id from receiver.outputs');
    expect(rows).toHaveLength(filesOf(plan, 'procedure'));
  });
  try {
    const numRuns = Number(process.env['VODSTACK_TEST_RUNS'] ?? 3);
    await fc.assert(property, { numRuns, endOnFailure: true });
    expect(run).toBe(numRuns);
  } finally {
    await receiver.process.kill();
  }
});

const fail = (): Promise<string> => Promise.reject(new Error('reset'));
const again = async (): Promise<string> => 'again';
const repeatable = { repeatableForMs: Infinity };

test('An effect is done once, and its result is there for whoever asks again', async () => {
  let calls = 0;
  const perform = async (): Promise<{ n: number }> => ({ n: (calls += 1) });
  const first = createPgEffect(postgres.pool, 'event 1');
  const second = createPgEffect(postgres.pool, 'event 2');
  expect(await first('k', perform, repeatable)).toEqual({ n: 1 });
  expect(await first('k', perform, repeatable)).toEqual({ n: 1 });
  expect(await second('k', perform, repeatable)).toEqual({ n: 1 });
  expect(await second('other', perform, repeatable)).toEqual({ n: 2 });
});

test('While one event is at an effect, another is told to come later', async () => {
  const gate = Promise.withResolvers<string>();
  const first = createPgEffect(postgres.pool, 'event 1')('k', () => gate.promise, repeatable);
  await expect.poll(async () => (await postgres.pool.query('select from receiver.effect')).rowCount).toBe(1);
  const second = createPgEffect(postgres.pool, 'event 2');
  await expect(second('k', () => gate.promise, repeatable)).rejects.toThrow(EffectBusyError);
  gate.resolve('done');
  expect(await first).toBe('done');
  expect(await second('k', () => gate.promise, repeatable)).toBe('done');
});

test('After a failure an effect is repeated as long as that does no harm, and never beyond', async () => {
  const effect = createPgEffect(postgres.pool, 'event 1');
  await expect(effect('k', fail, { repeatableForMs: 60_000 })).rejects.toThrow('reset');
  expect(await effect('k', async () => 'second', { repeatableForMs: 60_000 })).toBe('second');

  await expect(effect('once', fail, { repeatableForMs: 0 })).rejects.toThrow('reset');
  await expect(effect('once', async () => 'twice', { repeatableForMs: 0 })).rejects.toThrow(
    UncertainEffectError,
  );
});

test('When it is too late to repeat, the outcome is looked up: found is done, not found is done now', async () => {
  const effect = createPgEffect(postgres.pool, 'event 1');
  for (const key of ['found', 'not found']) {
    await expect(effect(key, fail, { repeatableForMs: 0 })).rejects.toThrow('reset');
  }
  expect(await effect('found', again, { repeatableForMs: 0, findOutcome: async () => 'found' })).toBe(
    'found',
  );
  expect(await effect('not found', again, { repeatableForMs: 0, findOutcome: async () => undefined })).toBe(
    'again',
  );
});
