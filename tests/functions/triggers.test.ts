import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorOf } from '../support/error-of.ts';
import { eventually } from '../support/eventually.ts';
import { createFunction, createFunctionClient, type FunctionClient } from '../support/functions.ts';
import { startQuietStack, type Stack } from '../support/stack.ts';

let stack: Stack;
let client: FunctionClient;

const LOGGER =
  'exports.main_handler = async (event) => { console.log(JSON.stringify(event)); return event; };';

beforeAll(async () => {
  stack = await startQuietStack();
  client = createFunctionClient(stack);
  await createFunction(client, { FunctionName: 'fired', code: LOGGER });
});
afterAll(() => stack.stop());

const timer = (more: object = {}) => ({
  FunctionName: 'fired',
  TriggerName: 'tick',
  Type: 'timer',
  TriggerDesc: '* * * * * * *',
  CustomArgument: 'hello',
  ...more,
});
const yearly = (index: number) => timer({ TriggerName: `t${index}`, TriggerDesc: '0 0 0 1 1 * 2099' });
const finishedLogs = async (FunctionName: string) => {
  const { Data = [] } = await client.GetFunctionLogs({ FunctionName });
  return Data.filter((record) => record.InvokeFinished === 1);
};

describe('a timer', () => {
  test('fires with the documented event until it is switched off, and is deleted', async () => {
    const { TriggerInfo } = await client.CreateTrigger(timer());
    expect(TriggerInfo).toMatchObject({
      TriggerName: 'tick',
      Type: 'timer',
      Enable: 1,
      Qualifier: '$LATEST',
      CustomArgument: 'hello',
      TriggerDesc: '{"cron":"* * * * * * *"}',
    });
    const [first] = await eventually('the timer has fired twice', async () => {
      const logs = await finishedLogs('fired');
      return logs.length > 1 && logs;
    });
    expect(JSON.parse(first?.RetMsg ?? '')).toEqual({
      Type: 'Timer',
      TriggerName: 'tick',
      Time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      Message: 'hello',
    });
    const times = (await finishedLogs('fired')).map(({ RetMsg }) => JSON.parse(RetMsg ?? '').Time);
    expect(new Set(times).size).toBe(times.length);
    await client.UpdateTriggerStatus({ ...timer(), Enable: 'CLOSE' });
    const { Triggers } = await client.ListTriggers({ FunctionName: 'fired' });
    expect(Triggers?.[0]).toMatchObject({ TriggerName: 'tick', Enable: 0 });
    await client.DeleteTrigger(timer());
    expect((await client.ListTriggers({ FunctionName: 'fired' })).TotalCount).toBe(0);
  });

  test.each([
    ['an expression that is none', 'InvalidParameterValue.TriggerDesc', timer({ TriggerDesc: 'often' })],
    ['six fields', 'InvalidParameterValue.TriggerDesc', timer({ TriggerDesc: '* * * * * *' })],
    [
      'a message of more than 4 KB',
      'InvalidParameterValue.CustomArgument',
      timer({ CustomArgument: 'x'.repeat(4097) }),
    ],
    ['a bad switch', 'InvalidParameterValue.Enable', timer({ Enable: 'ON' })],
    ['a bad name', 'InvalidParameterValue.TriggerName', timer({ TriggerName: '' })],
    ['an unknown function', 'ResourceNotFound.Function', timer({ FunctionName: 'nobody' })],
    ['an unknown version', 'ResourceNotFound.Qualifier', timer({ Qualifier: '9' })],
    ['an unknown type', 'InvalidParameterValue.Type', timer({ Type: 'rocket' })],
    ['a type that is not built', 'UnsupportedOperation', timer({ Type: 'cos' })],
    [
      'empty lists of CORS',
      'InvalidParameterValue.Cors',
      timer({ Type: 'http', TriggerDesc: '{"CorsConfig":{"Enable":true,"ExposeHeaders":[]}}' }),
    ],
    [
      'a description that is not JSON',
      'InvalidParameterValue.TriggerDesc',
      timer({ Type: 'http', TriggerDesc: '{' }),
    ],
  ])('with %s is refused with %s', async (_what, code, request) => {
    expect(await errorOf(client.CreateTrigger(request))).toMatchObject({ code });
  });

  test('is one of ten at most, each with a name of its own', async () => {
    for (let index = 0; index < 10; index += 1) await client.CreateTrigger(yearly(index));
    expect(await errorOf(client.CreateTrigger(yearly(10)))).toMatchObject({ code: 'LimitExceeded.Trigger' });
    await client.DeleteTrigger(yearly(9));
    expect(await errorOf(client.CreateTrigger(yearly(0)))).toMatchObject({
      code: 'ResourceInUse.TriggerName',
    });
    expect(await errorOf(client.DeleteTrigger(yearly(9)))).toMatchObject({
      code: 'ResourceNotFound.Trigger',
    });
  });
});

test('a function URL is named by its id, and goes by both names', async () => {
  await createFunction(client, { FunctionName: 'addressed', code: LOGGER });
  const request = { FunctionName: 'addressed', TriggerName: 'mine', Type: 'http', Qualifier: '$DEFAULT' };
  const TriggerDesc = '{"AuthType":"NONE","NetConfig":{"EnableIntranet":false,"EnableExtranet":true}}';
  const { TriggerInfo } = await client.CreateTrigger({ ...request, TriggerDesc });
  expect(TriggerInfo?.TriggerName).toMatch(/^[a-z0-9]{10}$/);
  const { NetConfig } = JSON.parse(TriggerInfo?.TriggerDesc ?? '');
  expect(NetConfig).toMatchObject({
    EnableExtranet: true,
    ExtranetUrl: expect.stringContaining(TriggerInfo?.TriggerName ?? '?'),
  });
  const again = client.CreateTrigger({ ...request, TriggerName: 'other', TriggerDesc });
  expect(await errorOf(again)).toMatchObject({ code: 'ResourceInUse.Trigger' });
  await client.DeleteTrigger({ ...request, TriggerName: TriggerInfo?.TriggerName ?? '' });
  expect((await client.GetFunction({ FunctionName: 'addressed' })).Triggers).toEqual([]);
});

describe('an asynchronous call', () => {
  test('is answered at once, done later, and told of by its id', async () => {
    await createFunction(client, { FunctionName: 'later', code: LOGGER });
    const { Result } = await client.Invoke({
      FunctionName: 'later',
      InvocationType: 'Event',
      ClientContext: '{"a":1}',
    });
    const id = Result?.FunctionRequestId ?? '';
    expect(Result).toMatchObject({
      RetMsg: '',
      Log: '',
      FunctionRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    await eventually(
      'the call is done',
      async () => (await client.GetAsyncEventStatus({ InvokeRequestId: id })).Result?.Status === 'FINISHED',
    );
    const { Data } = await client.GetRequestStatus({ FunctionName: 'later', FunctionRequestId: id });
    expect(Data).toMatchObject([{ RequestId: id, RetCode: 0, RetMsg: '{"a":1}', RetryNum: 0 }]);
    const { EventList } = await client.ListAsyncEvents({ FunctionName: 'later' });
    expect(EventList).toMatchObject([{ InvokeRequestId: id, Status: 'FINISHED', Qualifier: '$LATEST' }]);
    const over = client.TerminateAsyncEvent({ FunctionName: 'later', InvokeRequestId: id });
    expect(await errorOf(over)).toMatchObject({ code: 'FailedOperation.AsyncEventStatus' });
  });

  test('is ended while it runs', async () => {
    const code = 'exports.main_handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));';
    await createFunction(client, { FunctionName: 'endless', code, Timeout: 60, AsyncRunEnable: 'TRUE' });
    const { Result } = await client.Invoke({ FunctionName: 'endless' });
    const id = Result?.FunctionRequestId ?? '';
    await eventually('it runs', async () => {
      const { Data } = await client.GetRequestStatus({ FunctionName: 'endless', FunctionRequestId: id });
      return Data?.[0]?.RetCode === 1;
    });
    await client.TerminateAsyncEvent({ FunctionName: 'endless', InvokeRequestId: id });
    await eventually('it has ended', async () => (await finishedLogs('endless')).length === 1);
    expect((await client.GetAsyncEventStatus({ InvokeRequestId: id })).Result?.Status).toBe('ABORTED');
  });

  test('has a configuration of its retries, within limits', async () => {
    const AsyncTriggerConfig = { RetryConfig: [{ RetryNum: 1 }], MsgTTL: 120 };
    await client.UpdateFunctionEventInvokeConfig({ FunctionName: 'fired', AsyncTriggerConfig });
    const known = await client.GetFunctionEventInvokeConfig({ FunctionName: 'fired' });
    expect(known.AsyncTriggerConfig).toEqual(AsyncTriggerConfig);
    const change = (RetryNum: number, MsgTTL: number) =>
      errorOf(
        client.UpdateFunctionEventInvokeConfig({
          FunctionName: 'fired',
          AsyncTriggerConfig: { RetryConfig: [{ RetryNum }], MsgTTL },
        }),
      );
    expect(await change(3, 120)).toMatchObject({ code: 'LimitExceeded.RetryNum' });
    expect(await change(1, 30_000)).toMatchObject({ code: 'LimitExceeded.MsgTTL' });
  });
});

describe('GetFunctionLogs', () => {
  test('filters by outcome, request and time', async () => {
    await createFunction(client, {
      FunctionName: 'logged',
      code: 'exports.main_handler = async ({ bad }) => { if (bad) throw new Error("no"); return 1; };',
    });
    const good = await client.InvokeFunction({ FunctionName: 'logged', Event: '{}' });
    const bad = await client.InvokeFunction({ FunctionName: 'logged', Event: '{"bad":true}' });
    await eventually('both are recorded', async () => (await finishedLogs('logged')).length === 2);
    const ids = async (request: object) =>
      (await client.GetFunctionLogs({ FunctionName: 'logged', ...request })).Data?.map(
        ({ RequestId }) => RequestId,
      );
    expect(await ids({ Filter: { RetCode: 'is0' } })).toEqual([good.Result?.FunctionRequestId]);
    expect(await ids({ Filter: { RetCode: 'not0' } })).toEqual([bad.Result?.FunctionRequestId]);
    expect(await ids({ Filter: { RetCode: 'UserCodeException' } })).toEqual([bad.Result?.FunctionRequestId]);
    expect(await ids({ Filter: { RetCode: 'TimeLimitExceeded' } })).toEqual([]);
    expect(await ids({ FunctionRequestId: good.Result?.FunctionRequestId })).toEqual([
      good.Result?.FunctionRequestId,
    ]);
    expect(await ids({ Order: 'asc', Limit: 1 })).toEqual([good.Result?.FunctionRequestId]);
    expect(await ids({ StartTime: '2020-01-01 00:00:00', EndTime: '2020-01-01 12:00:00' })).toEqual([]);
  });

  test.each([
    [
      'two days',
      'InvalidParameterValue.StartTimeOrEndTime',
      { StartTime: '2020-01-01 00:00:00', EndTime: '2020-01-03 00:00:00' },
    ],
    ['a time that is none', 'InvalidParameterValue.StartTime', { StartTime: 'yesterday' }],
    ['more than 10000', 'LimitExceeded.Offset', { Offset: 9999, Limit: 100 }],
    ['an unknown order', 'InvalidParameterValue.OrderBy', { OrderBy: 'luck' }],
    ['an unknown filter', 'InvalidParameterValue.RetCode', { Filter: { RetCode: 'maybe' } }],
    ['an unknown function', 'ResourceNotFound.Function', { FunctionName: 'nobody' }],
  ])('of %s is refused with %s', async (_what, code, request) => {
    expect(await errorOf(client.GetFunctionLogs(request))).toMatchObject({ code });
  });
});

test('a request that carries a trace id shows it at the gateway and in the function’s log', async () => {
  const traceId = 'ab'.repeat(16);
  const { receiverAddress } = stack.server;
  const answer = await fetch(receiverAddress, {
    method: 'POST',
    body: '{}',
    headers: { 'x-b3-traceid': traceId },
  });
  expect(answer.headers.get('x-api-requestid')).toBe(traceId);
  const { pool } = await stack.openDatabase();
  const { rows } = await pool.query('select request_id from scf.invocation where trace_id = $1', [traceId]);
  expect(rows).toEqual([{ request_id: answer.headers.get('x-scf-request-id') }]);
});
