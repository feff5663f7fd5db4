import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GatewayError, type DeployApiRequest } from '../src/index.ts';
import { lastEvent, openGatewayBench, portOf, type GatewayBench } from './support/gateway-bench.ts';

let bench: GatewayBench;
let callback: string;
let serviceId: string;

const BASE: DeployApiRequest = {
  serviceName: 'serverless',
  environment: 'release',
  path: '/callback',
  method: 'POST',
  functionName: 'callback',
  integratedResponse: true,
  enableCors: true,
  timeoutSec: 15,
};

beforeAll(async () => {
  bench = await openGatewayBench();
  ({ path: callback, serviceId } = await bench.gateway.deployApi(BASE));
});
afterAll(() => bench.close());
beforeEach(() => {
  bench.calls.length = 0;
  answerWith({ isBase64Encoded: false, statusCode: 200, headers: {}, body: null });
});

function answerWith(value: unknown, statusCode = 200): void {
  const retMsg = typeof value === 'string' ? value : JSON.stringify(value);
  bench.functions.set('callback', async () => ({ statusCode, retMsg }));
}

/** An API whose function answers the path that the API was defined with. */
function deployNamed(path: string): Promise<{ path: string }> {
  bench.functions.set(`f${path}`, async () => ({ statusCode: 200, retMsg: JSON.stringify(path) }));
  const change = { path, functionName: `f${path}`, method: 'ANY', integratedResponse: false } as const;
  return bench.gateway.deployApi({ ...BASE, serviceName: 'order', ...change });
}

const post = (body: string | Buffer = '', headers: Record<string, string> = {}) =>
  bench.send(callback, { method: 'POST', body, headers });

describe('deploying', () => {
  test('an address has the form of the cloud and stays the same', async () => {
    expect(callback).toMatch(/^\/service-[a-z0-9]{8}\/release\/callback$/u);
    const again = await bench.gateway.deployApi({ ...BASE, functionName: 'callback', timeoutSec: 20 });
    expect(again.path).toBe(callback);
    const other = await bench.gateway.deployApi({ ...BASE, environment: 'test' });
    expect(other.path).toBe(callback.replace('release', 'test'));
    const all = await Promise.all(
      Array.from({ length: 5 }, () => bench.gateway.deployApi({ ...BASE, serviceName: 'raced' })),
    );
    expect(new Set(all.map(({ path }) => path)).size).toBe(1);
  });

  test('the list has every service with its addresses', async () => {
    const services = await bench.gateway.list();
    const service = services.find(({ name }) => name === 'serverless');
    expect(service).toMatchObject({ serviceId, host: `${serviceId}-1250000000.gz.apigw.tencentcs.com` });
    expect(service?.apis.find(({ environment }) => environment === 'release')).toMatchObject({
      address: callback,
      method: 'POST',
      functionNamespace: 'default',
      functionName: 'callback',
    });
  });

  test.each([
    ['a service name', { serviceName: '-' }],
    ['an environment', { environment: 'prod' as 'release' }],
    ['a path without slash', { path: 'callback' }],
    ['a path with a query', { path: '/a?b' }],
    ['a method', { method: 'BREW' as 'GET' }],
    ['a timeout', { timeoutSec: 0 }],
  ])('%s out of the rules is refused', async (_, change) => {
    await expect(bench.gateway.deployApi({ ...BASE, ...change })).rejects.toBeInstanceOf(GatewayError);
  });
});

describe('the event', () => {
  test('is exactly the documented one', async () => {
    const body = '{"EventType":"NewFileUpload", "Größe": 1}\r\n';
    const result = await bench.send(`${callback}?a=1&b=x%20y&a=2&c`, {
      method: 'POST',
      body,
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': 'test',
        'X-Api-RequestId': 'forged',
        'X-Two': ['one', 'two'],
        Connection: 'keep-alive',
      },
    });
    const requestId = String(result.headers['x-api-requestid']);
    expect(requestId).toMatch(/^[0-9a-f]{32}$/u);
    expect(result.headers['x-scf-request-id']).toBe('function-request-id');
    expect(lastEvent(bench)).toEqual({
      body,
      headerParameters: {},
      headers: {
        connection: 'keep-alive',
        'content-length': String(Buffer.byteLength(body)),
        'content-type': 'application/json',
        host: expect.stringMatching(/^127\.0\.0\.1:\d+$/u),
        requestsource: 'APIGW',
        'user-agent': 'test',
        'x-api-requestid': requestId,
        'x-api-scheme': 'http',
        'x-b3-traceid': requestId,
        'x-qualifier': '$DEFAULT',
        'x-two': 'one, two',
      },
      httpMethod: 'POST',
      isBase64Encoded: false,
      path: '/callback',
      pathParameters: {},
      queryString: { a: '2', b: 'x y', c: '' },
      queryStringParameters: {},
      requestContext: {
        httpMethod: 'POST',
        identity: {},
        path: '/callback',
        serviceId,
        sourceIp: '127.0.0.1',
        stage: 'release',
      },
      stageVariables: { stage: 'release' },
    });
    const event = lastEvent(bench);
    expect(Object.keys(event)).toEqual(Object.keys(event).toSorted());
    expect(bench.calls[0]).toMatchObject({ namespace: 'default', name: 'callback', trigger: 'apigw' });
  });

  test('an empty POST has an empty body, with and without a content type', async () => {
    expect((await post()).status).toBe(200);
    expect(lastEvent(bench)['body']).toBe('');
    expect((await post('', { 'content-type': 'application/json' })).status).toBe(200);
    expect(lastEvent(bench)['body']).toBe('');
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'nonsense',
    'application/json; charset=gbk',
    ';;;',
  ])('a body of type %s is not looked into', async (type) => {
    const body = '{"not json';
    expect((await post(body, { 'content-type': type })).status).toBe(200);
    expect(lastEvent(bench)['body']).toBe(body);
  });

  test('bytes that are not UTF-8 are forced to text, or kept in base64 where the API says so', async () => {
    const bytes = Buffer.from([0x61, 0xff, 0x00, 0x62]);
    await post(bytes);
    expect(lastEvent(bench)).toMatchObject({ body: 'a\uFFFD\0b', isBase64Encoded: false });
    const { path } = await bench.gateway.deployApi({ ...BASE, path: '/binary', base64Encoded: true });
    await bench.send(path, { method: 'POST', body: bytes });
    expect(lastEvent(bench)).toMatchObject({ body: bytes.toString('base64'), isBase64Encoded: true });
  });

  test('a GET has no body, and shows the API as it was defined', async () => {
    const { path } = await bench.gateway.deployApi({ ...BASE, path: '/user/{id}', method: 'ANY' });
    await bench.send(path.replace('{id}', 'a%2Bb'));
    expect(lastEvent(bench)).not.toHaveProperty('body');
    expect(lastEvent(bench)).toMatchObject({
      httpMethod: 'GET',
      path: '/user/a+b',
      pathParameters: { id: 'a+b' },
      requestContext: { path: '/user/{id}', httpMethod: 'ANY' },
    });
  });

  test('names that mean something to JavaScript are only names', async () => {
    await bench.send(`${callback}?__proto__=x&constructor=y`, { method: 'POST' });
    expect(bench.calls[0]?.event).toContain('"queryString":{"__proto__":"x","constructor":"y"}');
  });
});

describe('routing', () => {
  test('the host of the cloud works on every path, before all other routes', async () => {
    const host = `${serviceId}-1250000000.gz.apigw.tencentcs.com`;
    expect(bench.gateway.matchesHost(`${host}:443`)).toBe(true);
    const result = await bench.send('/release/callback?x=1', {
      method: 'POST',
      headers: { host },
      body: 'hi',
    });
    expect(result.status).toBe(200);
    expect(lastEvent(bench)).toMatchObject({ body: 'hi', path: '/callback', headers: { host } });
    expect((await bench.send('/healthz', { headers: { host } })).body).toContain('env_mapping[healthz]');
  });

  test('other hosts and paths are left alone', async () => {
    expect(bench.gateway.matchesHost(`${serviceId}-1259999999.gz.apigw.tencentcs.com`)).toBe(false);
    expect(bench.gateway.matchesHost(undefined)).toBe(false);
    expect((await bench.send('/healthz')).body).toBe('healthy');
    const api = await bench.send('/', {
      method: 'POST',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json' },
    });
    expect(api.body).toBe('{"api":{"a":1}}');
    expect((await bench.send('/service-toolong99/release/x')).body).toContain('Route GET');
  });

  test.each<[string, (own: string) => string, string, number, string]>([
    [
      'an unknown service',
      () => '/service-00000000/release/callback',
      'POST',
      404,
      'There is no api match host[',
    ],
    [
      'an unknown environment',
      (own) => own.replace('release', 'prod'),
      'POST',
      404,
      'There is no api match default env_mapping[prod].',
    ],
    [
      'no environment',
      (own) => own.split('/').slice(0, 2).join('/'),
      'POST',
      404,
      'There is no api match default env_mapping[].',
    ],
    [
      'an unknown path',
      (own) => own.replace('callback', 'nothing'),
      'POST',
      404,
      'There is no api match uri[/nothing].',
    ],
    ['a wrong method', (own) => own, 'GET', 405, 'Method Not Allowed.'],
  ])('%s is answered with the documented text', async (_, toPath, method, status, text) => {
    const result = await bench.send(toPath(callback), { method });
    expect(result.status).toBe(status);
    expect(JSON.parse(result.body).message).toContain(text);
    expect(result.headers['content-type']).toBe('application/json');
    expect(bench.calls).toEqual([]);
  });

  test('exact, literal, dynamic and prefix paths take precedence in this order', async () => {
    const { path } = await deployNamed('/');
    for (const each of ['/user', '=/user/me', '/user/{id}', '/user/me', '/user/long'])
      await deployNamed(each);
    const served = async (suffix: string): Promise<string> =>
      JSON.parse((await bench.send(path + suffix)).body);
    expect(await served('')).toBe('/');
    expect(await served('other/a')).toBe('/');
    expect(await served('user')).toBe('/user');
    expect(await served('usertest')).toBe('/user');
    expect(await served('user/me')).toBe('=/user/me');
    expect(await served('user/you')).toBe('/user/{id}');
    expect(await served('user/long')).toBe('/user/long');
    expect(await served('user/longer/a')).toBe('/user/long');
  });

  test('a function that is gone is a 404', async () => {
    bench.functions.delete('callback');
    const result = await post();
    expect(result).toMatchObject({
      status: 404,
      body: '{"message":"There is no function callback in the namespace default."}',
    });
  });

  test('a function service that fails is a 500 without details', async () => {
    bench.functions.set('callback', () => Promise.reject(new Error('secret detail')));
    expect(await post()).toMatchObject({ status: 500, body: '{"message":"Internal error."}' });
  });
});

describe('integrated response', () => {
  test('a null body is an empty body', async () => {
    answerWith({
      isBase64Encoded: false,
      statusCode: 200,
      headers: { 'Content-Type': 'text/plain' },
      body: null,
    });
    expect(await post()).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': '0', 'content-type': 'text/plain' },
    });
  });

  test('status, headers, repeated headers and body are passed on', async () => {
    answerWith({
      isBase64Encoded: false,
      statusCode: 400,
      headers: {
        'Content-Type': 'text/plain; charset=utf-8',
        'Set-Cookie': ['a=1', 'b=2'],
        'X-Number': 7,
        'Content-Length': '99',
        Connection: 'x',
      },
      body: 'Bad Request é',
    });
    const result = await post();
    expect(result).toMatchObject({ status: 400, body: 'Bad Request é' });
    expect(result.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'set-cookie': ['a=1', 'b=2'],
      'x-number': '7',
      'content-length': '14',
    });
  });

  test('a base64 body is decoded', async () => {
    answerWith({
      isBase64Encoded: true,
      statusCode: 200,
      headers: {},
      body: Buffer.from('bytes').toString('base64'),
    });
    expect(await post()).toMatchObject({
      status: 200,
      body: 'bytes',
      headers: { 'content-type': 'application/json' },
    });
  });

  test.each([
    ['a string', '"hello"'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no status', '{"body":"x"}'],
    ['a status that is a string', '{"statusCode":"200"}'],
    ['a status out of range', '{"statusCode":1000}'],
    ['an interim status', '{"statusCode":100}'],
    ['headers that are a list', '{"statusCode":200,"headers":[]}'],
    ['a body that is an object', '{"statusCode":200,"body":{}}'],
    ['a header with a line break', String.raw`{"statusCode":200,"headers":{"a":"b\r\nc: d"}}`],
    ['a bad header name', '{"statusCode":200,"headers":{"a b":"c"}}'],
    ['two content types', '{"statusCode":200,"headers":{"Content-Type":["a","b"]}}'],
  ])('%s is answered with 403 and the captured body', async (_, retMsg) => {
    answerWith(retMsg);
    const result = await post();
    expect(result.status).toBe(403);
    expect(result.body).toBe(
      `{"errno":403,"error":"requestId ${String(result.headers['x-api-requestid'])} , Invalid scf response. expected scf response valid JSON.","message":"SCF invoke error"}`,
    );
  });

  test.each([
    [430, 430],
    [433, 433],
    [439, 439],
    [406, 413],
    [500, 500],
    [300, 500],
  ])('a function that ended with %i gives HTTP %i and its error body', async (statusCode, status) => {
    const body = `{"errorCode":-1,"errorMessage":"x","statusCode":${statusCode}}`;
    answerWith(body, statusCode);
    expect(await post()).toMatchObject({ status, body, headers: { 'content-type': 'application/json' } });
  });
});

describe('passthrough response', () => {
  test.each(['"hello"', '{"statusCode":404,"body":"x"}', 'null', '[1]'])(
    '%s is sent as it is',
    async (retMsg) => {
      const { path } = await bench.gateway.deployApi({
        ...BASE,
        path: '/through',
        integratedResponse: false,
      });
      answerWith(retMsg);
      const result = await bench.send(path, { method: 'POST' });
      expect(result).toMatchObject({
        status: 200,
        body: retMsg,
        headers: { 'content-type': 'application/json' },
      });
    },
  );
});

describe('limits', () => {
  test('a body of 6 MB reaches the function', async () => {
    const body = 'x'.repeat(6 * 1024 * 1024);
    expect((await post(body)).status).toBe(200);
    expect(String(lastEvent(bench)['body'])).toHaveLength(body.length);
  });

  test('a notification of 10 MB is a clear 413 and harms nothing', async () => {
    const result = await post(Buffer.alloc(10 * 1024 * 1024, 'x'), { 'content-type': 'application/json' });
    expect(result).toMatchObject({
      status: 413,
      body: '{"message":"Request body is too large, at most 6 MB are allowed."}',
    });
    expect(bench.calls).toEqual([]);
    expect((await post('{}')).status).toBe(200);
  });

  test('a client that goes away in the middle of its body harms nothing', async () => {
    const socket = connect(portOf(bench.server), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`POST ${callback} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf`);
    socket.end();
    socket.resume();
    await once(socket, 'close');
    expect(bench.calls).toEqual([]);
    expect((await post('{}')).status).toBe(200);
  });

  test('a function slower than the gateway gives 504 and goes on', async () => {
    const { path } = await bench.gateway.deployApi({ ...BASE, path: '/slow', timeoutSec: 1 });
    const done = Promise.withResolvers<void>();
    bench.functions.set('callback', async () => {
      await done.promise;
      return { statusCode: 200, retMsg: 'null' };
    });
    const result = await bench.send(path, { method: 'POST' });
    expect(result).toMatchObject({ status: 504, body: '{"message":"Gateway Time-out"}' });
    expect(bench.calls[0]?.signal.aborted).toBe(false);
    done.resolve();
  });
});

describe('CORS', () => {
  const origin = 'https://player.example';

  test('an API with the flag allows every origin and answers the preflight itself', async () => {
    expect((await post('', { origin })).headers['access-control-allow-origin']).toBe('*');
    bench.calls.length = 0;
    const preflight = await bench.send(callback, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-a' },
    });
    expect(preflight.status).toBe(200);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'x-a',
    });
    expect(bench.calls).toEqual([]);
  });

  test("the function's own header wins", async () => {
    answerWith({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': origin }, body: '' });
    expect((await post('', { origin })).headers['access-control-allow-origin']).toBe(origin);
  });

  test('an API without the flag refuses other origins with the documented text', async () => {
    const { path } = await bench.gateway.deployApi({ ...BASE, path: '=/same', enableCors: false });
    const result = await bench.send(path, { method: 'POST', headers: { origin } });
    expect(result.status).toBe(429);
    expect(JSON.parse(result.body).message).toBe(
      'req is cross origin, api /same need open cors flag on qcloud apigateway.',
    );
    const same = await bench.send(path, {
      method: 'POST',
      headers: { origin: 'http://same.example', host: 'same.example' },
    });
    expect(same.status).toBe(200);
    expect(same.headers).not.toHaveProperty('access-control-allow-origin');
  });
});
