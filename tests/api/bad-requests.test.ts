import { flattenParameters, signTc3, signV1 } from '@vodstack/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiAnswer, callApi } from '../support/api-call.ts';
import { sendRaw } from '../support/raw-request.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startQuietStack();
});
afterAll(() => stack?.stop());

function expectRefused(answer: ApiAnswer, code: string): void {
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.error?.Code).toBe(code);
  expect(answer.response.RequestId).toMatch(/^[0-9a-f-]{36}$/);
}

interface Signed {
  readonly method?: 'GET' | 'POST';
  readonly query?: string;
  readonly body?: string;
  readonly action?: string;
}

function signedHeaders(call: Signed): Record<string, string> {
  const { method = 'POST', query = '', body = '', action = 'DescribeMediaInfos' } = call;
  const timestampSec = Math.floor(Date.now() / 1000);
  const headers = { 'Content-Type': 'application/json', Host: new URL(stack.url).host };
  const credentials = stack.server.credentials;
  const authorization = signTc3({
    ...credentials,
    method,
    path: '/',
    query,
    headers,
    body,
    timestampSec,
    service: 'vod',
  });
  return {
    ...headers,
    Authorization: authorization,
    'X-TC-Action': action,
    'X-TC-Version': '2018-07-17',
    'X-TC-Timestamp': String(timestampSec),
  };
}

async function get(query: string): Promise<ApiAnswer> {
  const url = `${stack.url}/?${query}`;
  return await sendRaw({ url, method: 'GET', headers: signedHeaders({ method: 'GET', query }) });
}

async function postV1(parameters: Record<string, string>): Promise<ApiAnswer> {
  const { secretId, secretKey } = stack.server.credentials;
  const params = new Map([
    ...flattenParameters({
      Action: 'DescribeMediaInfos',
      Version: '2018-07-17',
      Timestamp: Math.floor(Date.now() / 1000),
      Nonce: 7,
      SecretId: secretId,
    }),
    ...Object.entries(parameters),
  ]);
  params.set(
    'Signature',
    signV1({ method: 'POST', host: new URL(stack.url).host, path: '/', params, secretKey }),
  );
  return await sendRaw({ url: stack.url, body: String(new URLSearchParams([...params])) });
}

describe('too much', () => {
  it('is a GET of more than 32 KB; 31 KB are not', async () => {
    expect((await get(`FileIds.0=${'x'.repeat(31 * 1024)}`)).error).toBeUndefined();
    const answer = await get(`FileIds.0=${'x'.repeat(33 * 1024)}`);
    expectRefused(answer, 'RequestSizeLimitExceeded');
    expect(answer.error?.Message).toContain('32 KB');
  });

  it('is a form with signature V1 of more than 1 MB; a little less is not', async () => {
    expect((await postV1({ 'FileIds.0': 'x'.repeat(1_000_000) })).error).toBeUndefined();
    const answer = await postV1({ 'FileIds.0': 'x'.repeat(1024 * 1024) });
    expectRefused(answer, 'RequestSizeLimitExceeded');
    expect(answer.error?.Message).toContain('1 MB');
  });

  it('is a body of more than 10 MB, also when it does not say its length', async () => {
    const pieces = Array.from({ length: 11 }, () => ' '.repeat(1024 * 1024));
    const answer = await sendRaw({ url: stack.url, headers: signedHeaders({}), body: pieces });
    expectRefused(answer, 'RequestSizeLimitExceeded');
  });
});

describe('flat parameters', () => {
  it('may be a list of 10,000, which the action then refuses by its length', async () => {
    const list = Array.from({ length: 10_000 }, (_, index) => [`FileIds.${index}`, String(index)]);
    const answer = await postV1(Object.fromEntries(list) as Record<string, string>);
    expectRefused(answer, 'InvalidParameterValue.FileIdsOverLimit');
  });

  it.each(['FileIds.99999999', 'FileIds.4294967295', 'Filters.99999999.B', 'FileIds.-1', 'FileIds.1e3'])(
    'do not begin a list at %s',
    async (name) => {
      const before = process.memoryUsage().heapUsed;
      expectRefused(await postV1({ [name]: 'x' }), 'InvalidParameter');
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 1024 * 1024);
    },
  );

  it.each(['__proto__.polluted', 'FileIds.__proto__', 'Filters.0.__proto__.polluted'])(
    'are refused as %s',
    async (name) => {
      expectRefused(await postV1({ [name]: 'x' }), 'InvalidParameter');
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    },
  );

  it.each(['constructor.prototype.polluted', 'toString', 'hasOwnProperty'])(
    'named %s are unknown ones and nothing else',
    async (name) => {
      const answer = await postV1({ 'FileIds.0': '1', [name]: 'x' });
      expect(answer.error).toBeUndefined();
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    },
  );

  it('count once when they come twice: the last one', async () => {
    const answer = await get('FileIds.0=first&FileIds.0=last');
    expect(answer.response['NotExistFileIdSet']).toEqual(['last']);
  });
});

describe('JSON', () => {
  it('counts the last one when a member comes twice', async () => {
    const body = '{"FileIds":["first"],"FileIds":["last"]}';
    const answer = await callApi(stack, { action: 'DescribeMediaInfos', body });
    expect(answer.response['NotExistFileIdSet']).toEqual(['last']);
  });

  it.each([
    ['{"FileIds":["1"],"__proto__":{"polluted":1}}'],
    ['{"FileIds":["1"],"A":{"__proto__":{"polluted":1}}}'],
  ])('is refused with %s', async (body) => {
    expectRefused(await callApi(stack, { action: 'DescribeMediaInfos', body }), 'InvalidParameter');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it.each([
    ['9007199254740993', 'InvalidParameter'],
    ['-9007199254740993', 'InvalidParameter'],
    ['1e400', 'InvalidParameter'],
    ['"9007199254740993"', 'InvalidParameter'],
    ['"1e400"', 'InvalidParameter'],
    ['0.5', 'InvalidParameter'],
    ['NaN', 'InvalidRequest'],
    ['Infinity', 'InvalidRequest'],
    ['0x10', 'InvalidRequest'],
    ['1_000', 'InvalidRequest'],
  ])('is refused with the integer %s', async (value, code) => {
    const body = `{"FileIds":["1"],"SubAppId":${value}}`;
    expectRefused(await callApi(stack, { action: 'DescribeMediaInfos', body }), code);
  });

  it('may hold 19 digits in a text', async () => {
    const body = '{"FileIds":["9007199254740993123"]}';
    const answer = await callApi(stack, { action: 'DescribeMediaInfos', body });
    expect(answer.response['NotExistFileIdSet']).toEqual(['9007199254740993123']);
  });

  it.each(['\\ud83d', '\\udc00\\ud800', '\\ufffe\\uffff', '\\u001f\\u007f', '\\u202e'])(
    'may hold the characters %s',
    async (text) => {
      const body = `{"FileIds":["${text}"]}`;
      expect((await callApi(stack, { action: 'DescribeMediaInfos', body })).error).toBeUndefined();
    },
  );

  it.each([
    ['{"FileIds":["a\\u0000b"]}'],
    ['{"FileIds":["1"],"Unknown":{"Deep":["\\u0000"]}}'],
    ['{"FileIds":["1"],"a\\u0000":1}'],
  ])('must not hold U+0000: %s', async (body) => {
    expectRefused(await callApi(stack, { action: 'DescribeMediaInfos', body }), 'InvalidParameter');
  });

  it.each([
    ['a list', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['an object', `${'{"A":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ])('is refused with %s that is 10,000 deep, known field or not', async (_what, deep) => {
    for (const field of ['FileIds', 'Unknown']) {
      const body = `{"SubAppId":0,"${field}":${deep}${field === 'FileIds' ? '' : ',"FileIds":["1"]'}}`;
      expectRefused(await callApi(stack, { action: 'DescribeMediaInfos', body }), 'InvalidParameter');
    }
  });

  it('is refused when it is not UTF-8 text of JSON', async () => {
    for (const body of [
      '',
      ' ',
      '\u{feff}{}',
      "{'FileIds':[]}",
      '{"FileIds":["1"],}',
      '{"FileIds":["1"]} x',
    ]) {
      const answer = await callApi(stack, { action: 'DescribeMediaInfos', body });
      expectRefused(answer, body === '' ? 'MissingParameter' : 'InvalidRequest');
    }
  });
});

describe('a request', () => {
  const body = '{"FileIds":["1"]}';

  it('may come in chunks, without its length', async () => {
    const answer = await sendRaw({ url: stack.url, headers: signedHeaders({ body }), body: body.split('') });
    expect(answer.error).toBeUndefined();
    expect(answer.response['NotExistFileIdSet']).toEqual(['1']);
  });

  it('may wait for 100 Continue', async () => {
    const headers = { ...signedHeaders({ body }), Expect: '100-continue' };
    const answer = await sendRaw({ url: stack.url, headers, body });
    expect(answer.error).toBeUndefined();
  });

  it('may have no content type in a query', async () => {
    const answer = await get('FileIds.0=1');
    expect(answer.error).toBeUndefined();
  });
});

it('keeps no memory of what it refused', async () => {
  const deep = `{"FileIds":["1"],"Unknown":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < 200; round++) {
    await callApi(stack, { action: 'DescribeMediaInfos', body: deep });
    await callApi(stack, { secretId: `AKID${round}nobody`, body: deep });
  }
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(150 * 1024 * 1024);
});
