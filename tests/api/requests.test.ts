import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callApi, post, readAnswer } from '../support/api-call.ts';
import { errorOf } from '../support/error-of.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startQuietStack();
});
afterAll(() => stack?.stop());

describe('the action', () => {
  it('is InvalidAction, with its name, when the cloud does not know it', async () => {
    const { error } = await callApi(stack, { action: 'DescribeWeather' });
    expect(error?.Code).toBe('InvalidAction');
    expect(error?.Message).toContain('DescribeWeather');
  });

  it('is looked up by its exact spelling', async () => {
    const { error } = await callApi(stack, { action: 'describeeventconfig' });
    expect(error?.Code).toBe('InvalidAction');
  });

  it.each(['RemoveWatermark', 'SplitMedia', 'RebuildMedia', 'constructor'])(
    'is refused by its name when this server does not offer it: %s',
    async (action) => {
      const { error, status } = await callApi(stack, { action });
      expect(status).toBe(200);
      expect(error?.Code).toBe(action === 'constructor' ? 'InvalidAction' : 'UnsupportedOperation');
      expect(error?.Message).toContain(action);
    },
  );

  it('must be named', async () => {
    const { error } = await post(stack, '{}', { 'content-type': 'application/json' });
    expect(error?.Code).toBe('MissingParameter');
    expect(error?.Message).toContain('X-TC-Action');
    const form = await post(stack, 'Nonce=1', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(form.error?.Code).toBe('MissingParameter');
    expect(form.error?.Message).toContain('Action');
  });

  it('is not looked for in a version that does not exist', async () => {
    const { error } = await callApi(stack, { version: '2017-01-01' });
    expect(error?.Code).toBe('NoSuchVersion');
    expect(error?.Message).toContain('2017-01-01');
    expect(error?.Message).toContain('2018-07-17');
  });

  it('leads a browser to the console when a GET names none', async () => {
    const response = await fetch(`${stack.url}/`, { redirect: 'manual' });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('/console/');
  });
});

describe('the body', () => {
  it.each([
    ['not JSON', '{"SubAppId":', 'JSON'],
    ['an array', '[1]', 'an array'],
    ['a text', '"x"', 'a string'],
    ['a number', '7', 'a number'],
    ['null', 'null', 'null'],
  ])('is refused when it is %s', async (_what, body, named) => {
    const { error } = await callApi(stack, { body });
    expect(error?.Code).toBe('InvalidRequest');
    expect(error?.Message).toContain('must be a JSON object');
    expect(error?.Message).toContain(named);
  });

  it('may be empty when the action needs no parameter', async () => {
    const { error, response } = await callApi(stack, { body: '' });
    expect(error).toBeUndefined();
    expect(response['Mode']).toBe('PUSH');
  });

  it('names the missing parameter when it is empty and the action needs one', async () => {
    const { error } = await callApi(stack, { action: 'CommitUpload', body: '' });
    expect(error?.Code).toBe('MissingParameter');
    expect(error?.Message).toContain('`VodSessionKey`');
  });

  it('may have up to 10 MB', async () => {
    const body = JSON.stringify({ Padding: 'x'.repeat(9.9 * 1024 * 1024) });
    const { error } = await callApi(stack, { body });
    expect(error).toBeUndefined();
  });

  it('is refused by its size at 11 MB, raw and through the official client', async () => {
    const padding = 'x'.repeat(11 * 1024 * 1024);
    const { error, status, headers } = await callApi(stack, { body: JSON.stringify({ Padding: padding }) });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(error?.Code).toBe('RequestSizeLimitExceeded');
    expect(error?.Message).toContain('10 MB');
    const sdk = await errorOf(stack.client.ApplyUpload({ MediaType: 'mp4', MediaName: padding }));
    expect(sdk.code).toBe('RequestSizeLimitExceeded');
    expect(await stack.client.DescribeEventConfig({})).toMatchObject({ Mode: 'PUSH' });
  });

  it('cannot bring U+0000 into the database', async () => {
    const { error } = await callApi(stack, { action: 'CommitUpload', body: '{"VodSessionKey":"a\\u0000b"}' });
    expect(error?.Code).toBe('InvalidParameter');
    expect(error?.Message).toContain('U+0000');
  });

  it('may hold a backslash before u0000', async () => {
    const { error } = await callApi(stack, {
      action: 'CommitUpload',
      body: '{"VodSessionKey":"a\\\\u0000b"}',
    });
    expect(error?.Code).toBe('InvalidParameterValue.VodSessionKey');
  });

  it('may hold half a surrogate pair', async () => {
    const { error } = await callApi(stack, { action: 'CommitUpload', body: '{"VodSessionKey":"\\ud83d"}' });
    expect(error?.Code).toBe('InvalidParameterValue.VodSessionKey');
  });

  it('is refused when it is nested without end', async () => {
    const body = `{"Unknown":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const { error } = await callApi(stack, { body });
    expect(error?.Code).toBe('InvalidParameter');
    expect(error?.Message).toContain('nested');
  });
});

describe('a parameter', () => {
  it.each([
    ['DescribeMediaInfos', '{"FileIds":"5285"}', '`FileIds`', 'a list'],
    ['DescribeMediaInfos', '{"FileIds":[5285]}', '`FileIds.0`', 'a string'],
    ['CommitUpload', '{"VodSessionKey":{}}', '`VodSessionKey`', 'a string'],
    ['CommitUpload', '{"VodSessionKey":"x","SubAppId":"one"}', '`SubAppId`', 'an integer'],
    ['CommitUpload', '{"VodSessionKey":"x","SubAppId":1.5}', '`SubAppId`', 'an integer'],
    ['ProcessMedia', '{"FileId":"1","MediaProcessTask":[]}', '`MediaProcessTask`', 'an object'],
    [
      'ProcessMedia',
      '{"FileId":"1","MediaProcessTask":{"TranscodeTaskSet":[{"Definition":100010},{"Definition":"HD"}]}}',
      '`MediaProcessTask.TranscodeTaskSet.1.Definition`',
      'an integer',
    ],
    ['ProcessMedia', '{"FileId":5285890784418605123}', '`FileId`', 'Write it in quotes'],
  ])('of the wrong type is named with its path: %s %s', async (action, body, path, expected) => {
    const { error } = await callApi(stack, { action, body });
    expect(error?.Code).toBe('InvalidParameter');
    expect(error?.Message).toContain(path);
    expect(error?.Message).toContain(expected);
  });

  it.each([
    ['CommitUpload', '{}', '`VodSessionKey`'],
    ['CommitUpload', '{"VodSessionKey":null}', '`VodSessionKey`'],
    ['DescribeMediaInfos', '{"SubAppId":0}', '`FileIds`'],
    [
      'ProcessMedia',
      '{"FileId":"1","MediaProcessTask":{"TranscodeTaskSet":[{}]}}',
      '`MediaProcessTask.TranscodeTaskSet.0.Definition`',
    ],
  ])('that is missing is named with its path: %s %s', async (action, body, path) => {
    const { error } = await callApi(stack, { action, body });
    expect(error?.Code).toBe('MissingParameter');
    expect(error?.Message).toContain(path);
  });

  it('may be a number as a text', async () => {
    const { error } = await callApi(stack, { body: '{"SubAppId":"0"}' });
    expect(error).toBeUndefined();
  });

  it('may be null when it is optional', async () => {
    const { error, response } = await callApi(stack, {
      action: 'ApplyUpload',
      body: '{"MediaType":"mp4","MediaName":null,"SubAppId":null,"ClassId":null,"Procedure":null,"CoverType":null}',
    });
    expect(error).toBeUndefined();
    expect(response['CoverStoragePath']).toBe('');
  });

  it('is ignored when the action does not know it', async () => {
    const { error } = await callApi(stack, { body: '{"Weather":{"Deep":["sunny"]},"constructor":1}' });
    expect(error).toBeUndefined();
  });

  it('may name the primary application by its id, and no other', async () => {
    const { appId } = stack.server.credentials;
    expect(await stack.client.DescribeEventConfig({ SubAppId: appId })).toMatchObject({ Mode: 'PUSH' });
    const error = await errorOf(stack.client.DescribeEventConfig({ SubAppId: 1_599_999_999 }));
    expect(error.code).toBe('InvalidParameterValue.SubAppId');
    expect(error.message).toContain('1599999999');
  });

  it('is empty in a query when the client has none', async () => {
    const answer = await stack
      .createClient({ reqMethod: 'GET' })
      .DescribeTasks({ Limit: 5, Status: '', FileId: '', ScrollToken: '' });
    expect(answer.TaskSet).toEqual([]);
  });
});

it('answers a body that ends before its Content-Length by closing, and goes on serving', async () => {
  const { hostname, port } = new URL(stack.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.end('POST / HTTP/1.1\r\nHost: x\r\nX-TC-Action: PullEvents\r\nContent-Length: 100\r\n\r\n{');
  await new Promise((resolve) => socket.resume().once('close', resolve));
  const answer = await readAnswer(await fetch(`${stack.url}/?Action=X`));
  expect(answer.status).toBe(200);
});
