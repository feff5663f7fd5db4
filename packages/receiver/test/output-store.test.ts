import { Kysely, PostgresDialect } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  HttpOutputStore,
  PgOutputStore,
  receiverMigrations,
  type OutputStore,
  type ReceiverTables,
  type TranscodeOutput,
} from '../src/index.ts';
import { startPostgres, type TestPostgres } from './support/postgres.ts';
import { startRecordServer, type RecordServer } from './support/record-server.ts';
import { FILE_ID, TASK_ID } from './support/samples.ts';

function output(definition: number, overrides: Partial<TranscodeOutput> = {}): TranscodeOutput {
  return {
    fileId: FILE_ID,
    taskId: TASK_ID,
    definition,
    url: `http://example.com/v.f${definition}.mp4`,
    sizeBytes: 6_000_000_000,
    md5: 'eff7031ad7877865f9a3240e9ab165ad',
    width: 960,
    height: 540,
    bitrateBps: 552218,
    durationSec: 60.047,
    ...overrides,
  };
}

/** A fetch whose other side never answers. */
const never: typeof fetch = (_url, init) =>
  new Promise((_resolve, reject) => {
    init?.signal?.addEventListener('abort', () => reject(new Error('aborted')));
  });

interface Subject {
  readonly store: OutputStore;
  /** URLs by "FileId Definition". */
  urls(): Promise<ReadonlyMap<string, string>>;
}

/** What every OutputStore promises. */
function testOutputStore(subject: () => Subject): void {
  test('Outputs are kept by file and definition', async () => {
    await subject().store.record([output(100010), output(100020)]);
    expect(Object.fromEntries(await subject().urls())).toEqual({
      [`${FILE_ID} 100010`]: 'http://example.com/v.f100010.mp4',
      [`${FILE_ID} 100020`]: 'http://example.com/v.f100020.mp4',
    });
  });

  test('Recording the same outputs again leaves one record each', async () => {
    await subject().store.record([output(100010), output(100020)]);
    await subject().store.record([output(100020), output(100010)]);
    expect((await subject().urls()).size).toBe(2);
  });

  test('A later result of the same file and definition replaces the earlier', async () => {
    await subject().store.record([output(100010)]);
    await subject().store.record([output(100010, { taskId: 'later', url: 'http://example.com/new.mp4' })]);
    expect((await subject().urls()).get(`${FILE_ID} 100010`)).toBe('http://example.com/new.mp4');
  });

  test('Two results of one definition in one notification are one record, the last', async () => {
    await subject().store.record([output(100010), output(100010, { url: 'http://example.com/second.mp4' })]);
    expect([...(await subject().urls()).values()]).toEqual(['http://example.com/second.mp4']);
  });

  test('Outputs of different files are recorded in one call', async () => {
    await subject().store.record([output(100010), output(100010, { fileId: '2', taskId: 'other' })]);
    expect((await subject().urls()).size).toBe(2);
  });

  test('Properties that are not known are no obstacle', async () => {
    const bare = {
      sizeBytes: null,
      md5: null,
      width: null,
      height: null,
      bitrateBps: null,
      durationSec: null,
    };
    await subject().store.record([output(100010, bare)]);
    expect((await subject().urls()).size).toBe(1);
  });

  test('No outputs are no error', async () => {
    await subject().store.record([]);
    expect((await subject().urls()).size).toBe(0);
  });
}

describe('HttpOutputStore', () => {
  let server: RecordServer;
  beforeEach(async () => {
    server = await startRecordServer();
  });
  afterEach(() => server.close());

  const create = (timeoutMs = 10_000): HttpOutputStore =>
    new HttpOutputStore({ url: server.url, token: 'secret', backoffMs: [1, 1], timeoutMs });
  describe('as an output store', () => {
    testOutputStore(() => ({ store: create(), urls: async () => server.urls }));
  });

  test('The record is one JSON POST with a bearer token', async () => {
    await create().record([output(100010)]);
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'content-type': 'application/json',
    });
    expect(server.requests[0]?.body).toEqual({
      FileId: FILE_ID,
      TaskId: TASK_ID,
      Outputs: [
        {
          Definition: 100010,
          Url: 'http://example.com/v.f100010.mp4',
          Size: 6_000_000_000,
          Md5: 'eff7031ad7877865f9a3240e9ab165ad',
          Width: 960,
          Height: 540,
          Bitrate: 552218,
          Duration: 60.047,
        },
      ],
    });
  });

  test.each([500, 503, 429, 0])('Status %i (0 is a reset) is tried again', async (status) => {
    server.fail(status, status);
    await create().record([output(100010)]);
    expect(server.requests).toHaveLength(3);
    expect(server.urls.size).toBe(1);
  });

  test('A fault that stays is reported with status and answer', async () => {
    server.fail(503, 503, 503, 503);
    await expect(create().record([output(100010)])).rejects.toThrow(
      'expected 2xx from the record address, got 503: answer 503',
    );
    expect(server.requests).toHaveLength(3);
  });

  test.each([401, 404, 302])('Status %i is reported at once', async (status) => {
    server.fail(status);
    await expect(create().record([output(100010)])).rejects.toThrow(`got ${status}`);
    expect(server.requests).toHaveLength(1);
  });

  test('An address that does not answer is left at the deadline', async () => {
    const store = new HttpOutputStore({ url: server.url, fetch: never, timeoutMs: 60_000 });
    await expect(store.record([output(100010)], { timeoutMs: 50 })).rejects.toThrow('no answer within 50 ms');
  });
});

describe('PgOutputStore', () => {
  let postgres: TestPostgres;
  let db: Kysely<ReceiverTables>;
  beforeAll(async () => {
    postgres = await startPostgres();
    db = new Kysely({ dialect: new PostgresDialect({ pool: postgres.pool }) });
  });
  afterAll(() => postgres.stop());
  beforeEach(async () => {
    await postgres.pool.query('drop schema if exists receiver cascade; create schema receiver');
    for (const migration of receiverMigrations) await postgres.pool.query(migration.sql);
  });

  async function urls(): Promise<ReadonlyMap<string, string>> {
    const rows = await db.selectFrom('receiver.output').select(['file_id', 'definition', 'url']).execute();
    return new Map(rows.map((row) => [`${row.file_id} ${row.definition}`, row.url]));
  }
  describe('as an output store', () => {
    testOutputStore(() => ({ store: new PgOutputStore({ db }), urls }));
  });

  test('A record holds the properties, and counts how often it was seen', async () => {
    const store = new PgOutputStore({ db });
    for (const _time of [1, 2, 3]) await store.record([output(100010)]);
    const rows = await db.selectFrom('receiver.output').selectAll().execute();
    expect(rows).toEqual([
      {
        file_id: FILE_ID,
        definition: 100010,
        task_id: TASK_ID,
        url: 'http://example.com/v.f100010.mp4',
        size_bytes: '6000000000',
        md5: 'eff7031ad7877865f9a3240e9ab165ad',
        width: 960,
        height: 540,
        bitrate_bps: '552218',
        duration_sec: 60.047,
        recorded_at: expect.any(Date),
        last_seen_at: expect.any(Date),
        times_seen: 3,
      },
    ]);
  });

  test('Notifications at the same time, in whatever order they name the definitions, all succeed', async () => {
    const store = new PgOutputStore({ db });
    const definitions = Array.from({ length: 50 }, (_, index) => 100_001 + index);
    const rounds = Array.from({ length: 40 }, (_, round) =>
      round % 2 === 0 ? definitions : definitions.toReversed(),
    );
    await Promise.all(rounds.map((order) => store.record(order.map((definition) => output(definition)))));
    const rows = await db.selectFrom('receiver.output').select('times_seen').execute();
    expect(rows).toEqual(definitions.map(() => ({ times_seen: 40 })));
  });
});
