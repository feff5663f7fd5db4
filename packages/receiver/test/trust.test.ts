import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  createDurableReceiver,
  createVodClient,
  toFetchHandler,
  type DurableReceiver,
  type DurableReceiverOptions,
  type HandlerContext,
} from '../src/index.ts';
import { isToBeConfirmed } from '../src/trust/confirm.ts';
import { SECRET_ID, SECRET_KEY, startCloudServer, type CloudServer } from './support/cloud-server.ts';
import { settled } from './support/durable.ts';
import { startPostgres, type TestPostgres } from './support/postgres.ts';
import {
  FILE_ID,
  newFileUpload,
  procedureStateChanged,
  TASK_ID,
  transcodeSuccess,
} from './support/samples.ts';

let postgres: TestPostgres;
let cloud: CloudServer;
let receiver: DurableReceiver | undefined;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  cloud = await startCloudServer();
});
afterEach(async () => {
  await receiver?.stop();
  receiver = undefined;
  await cloud.close();
  await postgres.pool.query('drop schema if exists receiver cascade');
});

const connect = (): ReturnType<typeof createVodClient> =>
  createVodClient({
    secretId: SECRET_ID,
    secretKey: SECRET_KEY,
    endpoint: cloud.endpoint,
    protocol: 'http://',
  });

async function start(
  options: Partial<DurableReceiverOptions>,
): Promise<{ seen: unknown[]; contexts: HandlerContext[]; lines: string[]; receiver: DurableReceiver }> {
  const seen: unknown[] = [];
  const contexts: HandlerContext[] = [];
  const lines: string[] = [];
  const keep = (payload: unknown, context: HandlerContext): void => {
    seen.push(payload);
    contexts.push(context);
  };
  receiver = createDurableReceiver({
    on: { NewFileUpload: keep, ProcedureStateChanged: keep, FileDeleted: keep },
    database: postgres.pool,
    log: (line) => lines.push(line),
    pollMs: 20,
    retry: { firstDelayMs: 10 },
    ...options,
  });
  await receiver.start();
  return { seen, contexts, lines, receiver };
}

const SECRETS = ['0123456789abcdef0', 'fedcba9876543210f'];

test.each([
  ['/callback/0123456789abcdef0', 200],
  ['/callback/fedcba9876543210f/', 200],
  ['/fedcba9876543210f?a=b', 200],
  ['/callback', 404],
  ['/callback/0123456789abcdef', 404],
  ['/0123456789abcdef0/callback', 404],
  ['/callback?0123456789abcdef0', 404],
])('With secrets for the path, %s is answered %i', async (path, status) => {
  const { lines, receiver: started } = await start({ pathSecret: SECRETS });
  const handler = toFetchHandler(started);
  const request = new Request(`http://localhost${path}`, {
    method: 'POST',
    body: JSON.stringify(newFileUpload),
  });
  expect((await handler(request)).status).toBe(status);
  expect(lines.filter((line) => line.startsWith('Notification refused (404)'))).toHaveLength(
    status === 404 ? 1 : 0,
  );
  expect(lines.join('\n')).not.toContain('0123456789abcdef');
});

test.each(['short', '0123456789abcdef/', ''])('The path secret %j is refused at once', (secret) => {
  expect(() => createDurableReceiver({ on: {}, database: postgres.pool, pathSecret: secret })).toThrow(
    'pathSecret: expected at least 16',
  );
});

test('An unsigned notification is refused before it is stored', async () => {
  const { lines, receiver: started } = await start({ signKey: ['new', 'old'] });
  expect(await started.handle(JSON.stringify(newFileUpload))).toMatchObject({ status: 400 });
  expect(lines).toEqual([expect.stringContaining('expected the members Sign and T')]);
  expect(await started.readState()).toMatchObject({ pending: 0, dead: 0 });
});

test('A notification of a file that the API does not know becomes a dead letter', async () => {
  cloud.answer('DescribeMediaInfos', () => ({ MediaInfoSet: [], NotExistFileIdSet: [FILE_ID] }));
  const { seen, receiver: started } = await start({
    confirm: { client: connect(), mode: 'always', subAppId: 7 },
  });
  expect(await started.handle(JSON.stringify(newFileUpload))).toMatchObject({ status: 200 });
  const [row] = await settled(postgres.pool, 1);
  expect(row?.state).toBe('dead');
  expect(row?.error).toContain('expected the API to know the file');
  expect(seen).toEqual([]);
  expect(cloud.calls[0]?.request).toMatchObject({ FileIds: [FILE_ID], SubAppId: 7 });
});

test('One of a file that it knows is handled, after it could be asked', async () => {
  let calls = 0;
  cloud.answer('DescribeMediaInfos', () => {
    calls += 1;
    return calls < 3
      ? { Error: { Code: 'InternalError', Message: 'later' } }
      : { MediaInfoSet: [{ FileId: FILE_ID, BasicInfo: null }] };
  });
  const { seen, receiver: started } = await start({ confirm: { client: connect(), mode: 'always' } });
  await started.handle(JSON.stringify(newFileUpload));
  expect(await settled(postgres.pool, 1)).toMatchObject([{ state: 'done', attempts: 3 }]);
  expect(seen).toEqual([newFileUpload.FileUploadEvent]);
});

test('Of a finished task the handler gets what the API tells, not what was sent', async () => {
  const real = {
    TaskId: TASK_ID,
    FileId: FILE_ID,
    Status: 'FINISH',
    MetaData: null,
    MediaProcessResultSet: [],
  };
  cloud.answer('DescribeTaskDetail', () => ({
    TaskType: 'Procedure',
    ProcedureTask: real,
    EditMediaTask: null,
  }));
  const { seen, receiver: started } = await start({ confirm: { client: connect(), mode: 'always' } });
  await started.handle(JSON.stringify(procedureStateChanged([transcodeSuccess(100010)])));
  await settled(postgres.pool, 1);
  const { MetaData: _none, ...confirmed } = real;
  expect(seen).toEqual([confirmed]);
});

test.each<[string, object]>([
  ['the API does not know', { Error: { Code: 'InvalidParameterValue.TaskId', Message: 'no such task' } }],
  ['is of another kind', { TaskType: 'EditMedia', EditMediaTask: {}, ProcedureTask: null }],
  ['is of another file', { TaskType: 'Procedure', ProcedureTask: { TaskId: TASK_ID, FileId: '1' } }],
])('A notification of a task that %s becomes a dead letter', async (_title, answer) => {
  cloud.answer('DescribeTaskDetail', () => answer);
  const { seen, receiver: started } = await start({ confirm: { client: connect(), mode: 'always' } });
  await started.handle(JSON.stringify(procedureStateChanged([])));
  expect(await settled(postgres.pool, 1)).toMatchObject([
    { state: 'dead', error: expect.stringContaining('UnconfirmedEventError') },
  ]);
  expect(seen).toEqual([]);
});

test('What names neither file nor task passes, and off asks for nothing', async () => {
  const { seen, receiver: started } = await start({ confirm: { client: connect(), mode: 'off' } });
  await started.handle(JSON.stringify(newFileUpload));
  await settled(postgres.pool, 1);
  await started.stop();
  const always = await start({ confirm: { client: connect(), mode: 'always' } });
  await always.receiver.handle(
    JSON.stringify({ EventType: 'FileDeleted', FileDeleteEvent: { FileIdSet: ['1'] } }),
  );
  await settled(postgres.pool, 2);
  expect([seen.length, always.seen.length, cloud.calls.length]).toEqual([1, 1, 0]);
});

test('A sample asks for a tenth', () => {
  expect([0, 0.05, 0.0999].map((random) => isToBeConfirmed('sample', random))).toEqual([true, true, true]);
  expect([0.1, 0.5, 0.999].map((random) => isToBeConfirmed('sample', random))).toEqual([false, false, false]);
});

test('Pulled events are confirmed to the queue once they are stored, and not asked for again', async () => {
  const queue = [
    [
      { EventHandle: 'h1', ...newFileUpload, ProcedureStateChangeEvent: null },
      { EventHandle: 'h2', EventType: null },
    ],
    [{ EventHandle: 'h3', ...newFileUpload }],
  ];
  const storedAtConfirmation: number[] = [];
  cloud.answer('PullEvents', () => {
    const EventSet = queue.shift();
    return EventSet ? { EventSet } : { Error: { Code: 'ResourceNotFound', Message: 'no event' } };
  });
  cloud.answer('ConfirmEvents', async () => {
    const { rowCount } = await postgres.pool.query('select from receiver.inbox');
    storedAtConfirmation.push(rowCount ?? 0);
    return {};
  });
  const { contexts, receiver: started } = await start({
    pull: { client: connect(), subAppId: 7 },
    confirm: { client: connect(), mode: 'always' },
  });
  await expect.poll(() => storedAtConfirmation).toEqual([2, 2]);
  const rows = await settled(postgres.pool, 2);
  expect(rows).toMatchObject([
    { state: 'done', source: 'pull', times_seen: 2, file_id: FILE_ID },
    { state: 'dead', event_type: 'Unreadable' },
  ]);
  expect(contexts.map(({ delivery }) => delivery?.source)).toEqual(['pull']);
  const confirmations = cloud.calls.filter(({ action }) => action === 'ConfirmEvents');
  expect(confirmations.map(({ request }) => request)).toEqual([
    { EventHandles: ['h1', 'h2'], SubAppId: 7 },
    { EventHandles: ['h3'], SubAppId: 7 },
  ]);
  expect(started.pullState?.error).toBeNull();
  // The server here does not wait 5 s when it has nothing.
  await started.stop();
});

test('Pulling goes on after the API was away, and nothing is confirmed that was not stored', async () => {
  let isAway = true;
  cloud.answer('PullEvents', () => {
    if (isAway) return { Error: { Code: 'InternalError', Message: 'away' } };
    return { EventSet: [{ EventHandle: 'h1', ...newFileUpload }] };
  });
  cloud.answer('ConfirmEvents', () => ({}));
  const { receiver: started } = await start({ pull: { client: connect() } });
  await expect.poll(() => started.pullState?.error).toBe('InternalError: away');
  expect(cloud.calls.some(({ action }) => action === 'ConfirmEvents')).toBe(false);
  isAway = false;
  await expect
    .poll(() => cloud.calls.some(({ action }) => action === 'ConfirmEvents'), { timeout: 5000 })
    .toBe(true);
  await started.stop();
});
