import { afterAll, beforeAll, expect, test } from 'vitest';
import { RET_CODE, type FunctionService } from '../src/index.ts';
import { deploy, eventually, openFunctionBench, type FunctionBench } from './support/function-bench.ts';

let bench: FunctionBench;
let service: FunctionService;

beforeAll(async () => {
  bench = await openFunctionBench();
  service = await bench.start({ asyncRetryDelayMs: 20 });
});
afterAll(() => bench.close());

const THROWER = 'exports.main_handler = async () => { throw new Error("no"); };';
const call = (action: string, parameters: Record<string, unknown>) =>
  service.call(action, parameters, new AbortController().signal);

async function finished(name: string, count: number, from = service) {
  return await eventually(async () => {
    const records = await from.logs({ name, limit: 10 });
    const done = records.filter((record) => record.retCode !== RET_CODE.running);
    return done.length === count ? done : undefined;
  });
}

test('a call that fails is repeated twice with its id, then becomes a dead letter', async () => {
  await deploy(service, 'failing', THROWER);
  await call('UpdateFunctionConfiguration', {
    FunctionName: 'failing',
    DeadLetterConfig: { Type: 'CMQ-QUEUE', Name: 'lost' },
  });
  const requestId = await service.invokeLater({ name: 'failing', event: '{"a":1}' });
  const [letter] = await eventually(async () => {
    const letters = await service.deadLetters(10);
    return letters.length > 0 ? letters : undefined;
  });
  const records = await finished('failing', 3);
  expect(new Set(records.map((record) => record.retryNum))).toEqual(new Set([0, 1, 2]));
  expect(new Set(records.map((record) => record.requestId))).toEqual(new Set([requestId]));
  expect(letter).toMatchObject({ queue: 'lost', requestId, functionName: 'failing' });
  expect(JSON.parse(letter?.body ?? '')).toMatchObject({
    RequestId: requestId,
    ErrorCode: 430,
    ErrorMessage: expect.stringContaining('user code exception caught'),
    Body: { FunctionName: 'failing', ClientContext: '{"a":1}', InvocationType: 'Event', RetryNum: 2 },
  });
  expect(await call('GetAsyncEventStatus', { InvokeRequestId: requestId })).toMatchObject({
    Result: { Status: 'FAILED', StatusCode: 430 },
  });
});

test('without retries and without a queue it is dropped', async () => {
  await deploy(service, 'dropped', THROWER);
  await call('UpdateFunctionEventInvokeConfig', {
    FunctionName: 'dropped',
    AsyncTriggerConfig: { RetryConfig: [{ RetryNum: 0 }] },
  });
  const letters = (await service.deadLetters(10)).length;
  const requestId = await service.invokeLater({ name: 'dropped', event: '{}' });
  await eventually(async () => {
    const answer = await call('GetAsyncEventStatus', { InvokeRequestId: requestId });
    return JSON.stringify(answer).includes('FAILED') ? true : undefined;
  });
  expect(await finished('dropped', 1)).toHaveLength(1);
  expect(await service.deadLetters(10)).toHaveLength(letters);
});

test('two servers fire a timer once for each moment', async () => {
  await deploy(service, 'shared', 'exports.main_handler = async ({ Time }) => Time;');
  const other = await bench.start({ folder: `${bench.folder}/other` });
  await call('CreateTrigger', {
    FunctionName: 'shared',
    TriggerName: 'tick',
    Type: 'timer',
    TriggerDesc: '* * * * * * *',
  });
  const events = await eventually(async () => {
    const { rows } = await bench.database.pool.query<{ created_at: string }>(
      `SELECT date_trunc('second', created_at)::text AS created_at FROM scf.async_event WHERE function = 'shared'`,
    );
    return rows.length > 2 ? rows : undefined;
  });
  await call('DeleteTrigger', { FunctionName: 'shared', TriggerName: 'tick', Type: 'timer' });
  expect(new Set(events.map((row) => row.created_at)).size).toBe(events.length);
  await other.stop();
});

test('a call that the end of the server cuts off is begun again by the next one', async () => {
  // It would take the call up too, and has not its code.
  await service.stop();
  const folder = `${bench.folder}/again`;
  const first = await bench.start({ folder, drainMs: 0 });
  const code = 'exports.main_handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));';
  await deploy(first, 'cut', code, { timeoutSec: 60 });
  const requestId = await first.invokeLater({ name: 'cut', event: '{}' });
  await eventually(async () => ((await first.get('default', 'cut')).instances.busy > 0 ? true : undefined));
  await first.stop();
  await bench.database.pool.query(`UPDATE scf.function SET timeout_sec = 1 WHERE name = 'cut'`);
  const second = await bench.start({ folder });
  const record = await eventually(async () => {
    const [known] = await second.logs({ name: 'cut', requestId, limit: 1 });
    return known?.statusCode === null || known?.statusCode === 500 ? undefined : known;
  });
  expect(record).toMatchObject({ statusCode: 433, retryNum: 0 });
});

test.each(['Invoke', 'InvokeFunction'])(
  '%s waits for a function for its time only, and the function goes on',
  async (action) => {
    const folder = `${bench.folder}/${action}`;
    const impatient = await bench.start({ invokeLimitMs: 50, folder });
    const name = `slow-${action}`;
    const code = 'exports.main_handler = () => new Promise((resolve) => setTimeout(resolve, 500, "late"));';
    await deploy(impatient, name, code);
    const { signal } = new AbortController();
    const error = await impatient
      .call(action, { FunctionName: name }, signal)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'FailedOperation.InvokeFunction',
      message: expect.stringContaining('0.05 seconds'),
    });
    const [record] = await finished(name, 1, impatient);
    expect(record).toMatchObject({ retCode: RET_CODE.succeeded, retMsg: '"late"' });
  },
);
