import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  BadNotificationError,
  createDurableReceiver,
  PermanentError,
  type DurableReceiver,
  type DurableReceiverOptions,
} from '../src/index.ts';
import { Batcher } from '../src/inbox/batcher.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { readInbox, settled } from './support/durable.ts';
import { startPostgres, type TestPostgres } from './support/postgres.ts';
import { FILE_ID, newFileUpload, procedureStateChanged } from './support/samples.ts';

let postgres: TestPostgres;
let receivers: DurableReceiver[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());
afterEach(async () => {
  await Promise.all(receivers.map((receiver) => receiver.stop()));
  receivers = [];
  await postgres.pool.query('drop schema if exists receiver cascade');
});

async function start(
  on: DurableReceiverOptions['on'],
  options: Partial<DurableReceiverOptions> = {},
): Promise<DurableReceiver & { readonly lines: string[] }> {
  const lines: string[] = [];
  const receiver = createDurableReceiver({
    on,
    database: postgres.pool,
    log: (line) => lines.push(line),
    pollMs: 20,
    drainMs: 200,
    retry: { firstDelayMs: 10 },
    ...options,
  });
  receivers.push(receiver);
  await receiver.start();
  return Object.assign(receiver, { lines });
}

function create(options: Partial<DurableReceiverOptions>): DurableReceiver {
  const receiver = createDurableReceiver({
    on: {},
    database: postgres.pool,
    log: () => undefined,
    ...options,
  });
  receivers.push(receiver);
  return receiver;
}

const upload = (fileId: string): string =>
  JSON.stringify({ ...newFileUpload, FileUploadEvent: { ...newFileUpload.FileUploadEvent, FileId: fileId } });

test('An event is answered before it is handled, and kept byte for byte with its headers', async () => {
  const gate = Promise.withResolvers<void>();
  const receiver = await start({ NewFileUpload: () => gate.promise });
  const body = Buffer.from(` ${JSON.stringify(newFileUpload)}\n`);
  const headers = { 'user-agent': 'Sender', authorization: 'Bearer x', 'x-request': '1' };
  expect(await receiver.handle(body, { headers })).toEqual({
    status: 200,
    body: '',
    eventType: 'NewFileUpload',
  });
  const [row] = await readInbox(postgres.pool);
  expect(row).toMatchObject({ state: 'pending', source: 'push', file_id: FILE_ID });
  expect(row?.body.equals(body)).toBe(true);
  expect(row?.headers).toEqual({ 'user-agent': 'Sender', 'x-request': '1' });
  gate.resolve();
  expect(await settled(postgres.pool, 1)).toMatchObject([{ state: 'done', attempts: 1 }]);
});

test('An event that comes again is stored and handled once, whatever its Sign, T, nulls and handle', async () => {
  const seen: unknown[] = [];
  const receiver = await start({ NewFileUpload: ({ FileId }) => void seen.push(FileId) });
  const variants = [
    newFileUpload,
    newFileUpload,
    { ...newFileUpload, Sign: 'a', T: 1 },
    { ...newFileUpload, Sign: 'b', T: 2, PullCompleteEvent: null },
    { ...newFileUpload, EventHandle: 'h' },
  ];
  const results = await Promise.all(variants.map((each) => receiver.handle(JSON.stringify(each))));
  await receiver.handle(JSON.stringify(newFileUpload));
  expect(results.every(({ status }) => status === 200)).toBe(true);
  expect(await settled(postgres.pool, 1)).toHaveLength(1);
  expect(seen).toEqual([FILE_ID]);
});

test('Events of one file are handled in their order, one at a time; files do not wait for each other', async () => {
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const receiver = await start({
    NewFileUpload: async ({ FileId }) => {
      if (FileId === FILE_ID) await gate.promise;
      order.push(`upload ${FileId}`);
    },
    ProcedureStateChanged: ({ FileId }) => void order.push(`procedure ${FileId}`),
  });
  await receiver.handle(upload(FILE_ID));
  await receiver.handle(JSON.stringify(procedureStateChanged([])));
  await receiver.handle(upload('2'));
  await eventually('the other file', () => order.length === 1);
  expect(order).toEqual(['upload 2']);
  gate.resolve();
  await settled(postgres.pool, 3);
  expect(order).toEqual(['upload 2', `upload ${FILE_ID}`, `procedure ${FILE_ID}`]);
});

test('A handler that fails is tried again, and the events after it wait for it', async () => {
  const order: string[] = [];
  const receiver = await start({
    NewFileUpload: (_payload, { delivery }) => {
      order.push(`upload ${delivery?.attempt}`);
      if (delivery?.attempt !== 3) throw new Error('not yet');
    },
    ProcedureStateChanged: () => void order.push('procedure'),
  });
  await receiver.handle(upload(FILE_ID));
  await receiver.handle(JSON.stringify(procedureStateChanged([])));
  await settled(postgres.pool, 2);
  expect(order).toEqual(['upload 1', 'upload 2', 'upload 3', 'procedure']);
  expect(receiver.lines.join('\n')).toContain('Handling failed, to be tried again');
});

test('What cannot succeed becomes a dead letter at once, holds nobody up, and can be redriven', async () => {
  let broken = true;
  const order: string[] = [];
  const receiver = await start({
    NewFileUpload: ({ FileId }) => {
      if (broken) throw FileId === '1' ? new PermanentError('no use') : new BadNotificationError('odd');
      order.push(`upload ${FileId}`);
    },
    FileDeleted: () => void order.push('deleted'),
  });
  await receiver.handle(upload('1'));
  await receiver.handle(upload('2'));
  await receiver.handle(JSON.stringify({ EventType: 'FileDeleted', FileDeleteEvent: { FileIdSet: ['1'] } }));
  await settled(postgres.pool, 3);
  expect(order).toEqual(['deleted']);
  expect(await receiver.readState()).toMatchObject({ pending: 0, dead: 2 });
  const dead = await receiver.listDead();
  expect(dead.map(({ fileId, error }) => [fileId, error])).toEqual([
    ['2', 'BadNotificationError: odd'],
    ['1', 'PermanentError: no use'],
  ]);
  broken = false;
  expect(await receiver.redrive({ eventType: 'FileDeleted' })).toBe(0);
  expect(await receiver.redrive({ eventIds: [dead[0]?.eventId ?? ''] })).toBe(1);
  expect(await receiver.redrive()).toBe(1);
  await settled(postgres.pool, 3);
  expect(order).toEqual(['deleted', 'upload 2', 'upload 1']);
});

test('An event that fails for too long becomes a dead letter with the last reason', async () => {
  const receiver = await start(
    { NewFileUpload: () => Promise.reject(new Error('disk is full')) },
    { retry: { firstDelayMs: 5, giveUpAfterMs: 60 } },
  );
  await receiver.handle(upload('1'));
  const [row] = await settled(postgres.pool, 1);
  expect(row?.state).toBe('dead');
  expect(row?.error).toMatch(/^given up after \d+ attempts: Error: disk is full$/);
});

test('A handler that never ends is left behind at the end of its time', async () => {
  const signals: (AbortSignal | undefined)[] = [];
  const receiver = await start(
    {
      NewFileUpload: (_payload, { delivery }) => {
        signals.push(delivery?.signal);
        return delivery?.attempt === 1 ? new Promise(() => undefined) : undefined;
      },
    },
    { handlerTimeoutMs: 50 },
  );
  await receiver.handle(upload('1'));
  await settled(postgres.pool, 1);
  expect(signals.map((signal) => signal?.aborted)).toEqual([true, false]);
});

test('What a stopping receiver does not finish is given back and taken up by the next one at once', async () => {
  const attempts: (number | undefined)[] = [];
  const first = await start({ NewFileUpload: () => new Promise(() => undefined) }, { drainMs: 1 });
  await first.handle(upload('1'));
  await eventually('the claim', async () => (await readInbox(postgres.pool))[0]?.attempts === 1);
  await first.stop();
  await start({ NewFileUpload: (_payload, { delivery }) => void attempts.push(delivery?.attempt) });
  await settled(postgres.pool, 1);
  expect(attempts).toEqual([2]);
});

test('Two receivers on one database share the work: each event is handled once', async () => {
  const seen: string[] = [];
  const on = { NewFileUpload: ({ FileId = '' }) => void seen.push(FileId) };
  const both = [await start(on), await start(on)] as const;
  const ids = Array.from({ length: 60 }, (_item, index) => `file-${index}`);
  await Promise.all(ids.flatMap((id) => both.map((receiver) => receiver.handle(upload(id)))));
  const rows = await settled(postgres.pool, ids.length);
  expect(rows.every(({ times_seen: times }) => times === 2)).toBe(true);
  expect(seen.toSorted()).toEqual(ids.toSorted());
});

test('What happened again after the time for repetitions is handled again', async () => {
  let calls = 0;
  const receiver = await start({
    FileDeleted: () => void (calls += 1),
    NewFileUpload: () => void (calls += 1),
  });
  const deleted = JSON.stringify({ EventType: 'FileDeleted', FileDeleteEvent: { FileIdSet: ['1'] } });
  const send = async (): Promise<void> => {
    await receiver.handle(deleted);
    await receiver.handle(upload('2'));
    await settled(postgres.pool, 2);
  };
  await send();
  await send();
  expect(calls).toBe(2);
  await postgres.pool.query(`update receiver.inbox set last_seen_at = now() - interval '2 hours'`);
  await send();
  expect(calls).toBe(3);
});

test.each<[string, string | Uint8Array, number]>([
  ['An unknown type', '{"EventType":"SomethingNew","SomethingNewEvent":{"FileId":"1"}}', 200],
  ['NUL and broken text in names and ids', '{"EventType":"A\\u0000\\ud800","FileId":"x"}', 200],
  ['A long type', JSON.stringify({ EventType: 'x'.repeat(100_000) }), 200],
  [
    'A FileId of any length and content',
    `{"EventType":"NewFileUpload","FileUploadEvent":{"FileId":"\\u0000${'䶵'.repeat(9000)}"}}`,
    200,
  ],
  ['No JSON', 'hello', 400],
  ['The 2.0 format', '{"version":"4.0","eventType":"NewFileUpload","data":{}}', 400],
  ['Nothing', '', 400],
])('%s is answered, and the inbox goes on working', async (_title, body, status) => {
  const seen: unknown[] = [];
  const receiver = await start({ NewFileUpload: ({ FileId }) => void seen.push(FileId) });
  const [odd, fine] = await Promise.all([receiver.handle(body), receiver.handle(upload('fine'))]);
  expect([odd.status, fine.status]).toEqual([status, 200]);
  await settled(postgres.pool, status === 200 ? 2 : 1);
  expect(seen).toContain('fine');
});

test('Without a database an event is answered 503 when the time is up, and 200 when the database comes in time', async () => {
  expect(await create({ storeTimeoutMs: 50 }).handle(upload('1'))).toMatchObject({
    status: 503,
    body: 'Unavailable',
  });
  const patient = create({});
  const answer = patient.handle(upload('2'));
  await patient.start();
  expect(await answer).toMatchObject({ status: 200 });
});

test('What is done is forgotten after its time, what is dead is kept', async () => {
  const receiver = await start({
    NewFileUpload: ({ FileId }) => {
      if (FileId === 'bad') throw new PermanentError('no');
    },
  });
  await receiver.handle(upload('1'));
  await receiver.handle(upload('bad'));
  await settled(postgres.pool, 2);
  const { PgInbox } = await import('../src/inbox/pg-inbox.ts');
  expect(await new PgInbox(postgres.pool).purge(0)).toBe(1);
  expect(await readInbox(postgres.pool)).toMatchObject([{ file_id: 'bad' }]);
});

test('Arrivals while one batch is being written form the next, within its limits', async () => {
  const batches: number[][] = [];
  const gates: (() => void)[] = [];
  const batcher = new Batcher<number, number>({
    maxItems: 3,
    maxBytes: 10,
    sizeOf: (item) => item,
    flush: async (items) => {
      batches.push([...items]);
      await new Promise<void>((resolve) => gates.push(resolve));
      return items.map((item) => (item === 5 ? new Error('five') : item * 2));
    },
  });
  const results = Promise.allSettled([1, 2, 1, 1, 5, 9, 20].map((item) => batcher.add(item)));
  for (let count = 1; count <= 4; count += 1) {
    await eventually('a batch', () => gates.length === count);
    gates[count - 1]?.();
  }
  const values = (await results).map((result) => (result.status === 'fulfilled' ? result.value : 'failed'));
  expect(values).toEqual([2, 4, 2, 2, 'failed', 18, 40]);
  expect(batches).toEqual([[1, 2, 1], [1, 5], [9], [20]]);
  expect(batcher.waitingBytes).toBe(0);
});
