import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GatewayError, type ApiSettings, type FunctionUrl } from '../src/index.ts';
import { lastEvent, openGatewayBench, type GatewayBench, type HttpResult } from './support/gateway-bench.ts';

let bench: GatewayBench;
let count = 0;

beforeAll(async () => {
  bench = await openGatewayBench();
});
afterAll(() => bench.close());
beforeEach(() => {
  bench.calls.length = 0;
  bench.functions.set('f', async () => ({ statusCode: 200, retMsg: '{"statusCode":200,"body":"ok"}' }));
});

/** An API of its own, open to web pages. */
async function deploy(settings: ApiSettings, change: { base64Encoded?: boolean } = {}): Promise<string> {
  count += 1;
  const { path } = await bench.gateway.deployApi({
    serviceName: 'rules',
    environment: 'release',
    path: `=/rule${count}`,
    method: 'ANY',
    functionName: 'f',
    integratedResponse: true,
    enableCors: true,
    timeoutSec: 15,
    settings,
    ...change,
  });
  return path;
}

const messageOf = ({ body }: HttpResult): unknown => JSON.parse(body).message;

describe('a rate limit', () => {
  test('refuses what is over it until its time has passed', async () => {
    bench.now.date = new Date('2026-01-01T10:00:00Z');
    const path = await deploy({ rateLimits: [{ per: 'api', unit: 'minute', limit: 2 }] });
    expect((await bench.send(path)).status).toBe(200);
    expect((await bench.send(path)).status).toBe(200);
    const refused = await bench.send(path);
    expect({ status: refused.status, message: messageOf(refused) }).toEqual({
      status: 429,
      message: 'API rate limit exceeded.',
    });
    expect(bench.calls).toHaveLength(2);
    bench.now.date = new Date('2026-01-01T10:01:00Z');
    expect((await bench.send(path)).status).toBe(200);
  });

  test('of one API leaves the others alone', async () => {
    const limited = await deploy({ rateLimits: [{ per: 'ip', unit: 'day', limit: 1 }] });
    const free = await deploy({});
    await bench.send(limited);
    expect((await bench.send(limited)).status).toBe(429);
    expect((await bench.send(free)).status).toBe(200);
  });
});

describe('base64 by header', () => {
  test('encodes only the bodies that a rule names', async () => {
    const rules = [{ header: 'content-type', values: ['image/*', 'application/octet-stream'] }] as const;
    const path = await deploy({ base64Rules: rules }, { base64Encoded: true });
    const post = (type: string) =>
      bench.send(path, { method: 'POST', body: 'hi', headers: { 'content-type': type } });
    await post('image/png; x=1');
    expect(lastEvent(bench)).toMatchObject({ body: 'aGk=', isBase64Encoded: true });
    await post('text/plain');
    expect(lastEvent(bench)).toMatchObject({ body: 'hi', isBase64Encoded: false });
    await bench.send(path, { method: 'POST', body: 'hi' });
    expect(lastEvent(bench)).toMatchObject({ body: 'hi', isBase64Encoded: false });
  });
});

describe('declared parameters', () => {
  test('are handed over by themselves, and missing when they are required', async () => {
    const path = await deploy({
      parameters: [
        { name: 'id', position: 'query', required: true },
        { name: 'X-Lang', position: 'header', required: false, defaultValue: 'en' },
      ],
    });
    const missing = await bench.send(path);
    expect([missing.status, messageOf(missing)]).toEqual([403, 'querystring id is required.']);
    await bench.send(`${path}?id=7&other=8`);
    expect(lastEvent(bench)).toMatchObject({
      queryString: { id: '7', other: '8' },
      queryStringParameters: { id: '7' },
      headerParameters: { 'X-Lang': 'en' },
    });
  });
});

describe('a policy for web pages', () => {
  const cors = {
    origins: ['https://a.example'],
    methods: ['POST'],
    headers: ['x-a'],
    exposeHeaders: ['x-b'],
    credentials: true,
    maxAgeSec: 5,
  };

  test('names the origin that may read the answer, and no other', async () => {
    const path = await deploy({ cors });
    const allowed = await bench.send(path, { headers: { origin: 'https://a.example' } });
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': 'https://a.example',
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'x-b',
      vary: 'origin',
    });
    const other = await bench.send(path, { headers: { origin: 'https://b.example' } });
    expect(other.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('answers a preflight without calling the function', async () => {
    const path = await deploy({ cors });
    const { status, headers } = await bench.send(path, {
      method: 'OPTIONS',
      headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' },
    });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'x-a',
      'access-control-max-age': '5',
    });
    expect(bench.calls).toEqual([]);
  });
});

describe('a protocol that is not allowed', () => {
  test('is a 426 on the host name of the cloud; the path form works everywhere', async () => {
    const path = await deploy({ protocols: ['https'] });
    const [, serviceId = '', ...rest] = path.split('/');
    const host = `${serviceId}-1250000000.gz.apigw.tencentcs.com`;
    expect((await bench.send(`/${rest.join('/')}`, { headers: { host } })).status).toBe(426);
    expect((await bench.send(path)).status).toBe(200);
  });
});

describe('a trigger of type apigw', () => {
  const target = { functionNamespace: 'default', functionName: 'f', functionQualifier: '$LATEST' };
  const deployTrigger = (desc: object) =>
    bench.gateway.deployTrigger({ ...target, triggerDesc: JSON.stringify(desc) });

  test('makes the API that its description asks for', async () => {
    const { path, serviceId, keyPair } = await deployTrigger({
      api: {
        authRequired: 'FALSE',
        requestConfig: { method: 'POST', path: '/hook' },
        isIntegratedResponse: 'TRUE',
      },
      service: { serviceName: 'mine' },
      release: { environmentName: 'prepub' },
    });
    expect(path).toBe(`/${serviceId}/prepub/hook`);
    expect(keyPair).toBeUndefined();
    expect(await bench.send(path, { method: 'POST' })).toMatchObject({ status: 200, body: 'ok' });
    expect(bench.calls[0]).toMatchObject({ name: 'f', qualifier: '$LATEST', namespace: 'default' });
    expect(lastEvent(bench)).toMatchObject({ headers: { 'x-qualifier': '$LATEST' } });
  });

  test('is named after its function when it names no path, and passes the value through', async () => {
    const { path } = await deployTrigger({});
    expect(path.split('/').slice(2)).toEqual(['release', 'f']);
    expect((await bench.send(path)).body).toBe('{"statusCode":200,"body":"ok"}');
  });

  test.each([
    ['no JSON', 'nonsense'],
    ['a list', '[]'],
    ['a method', '{"api":{"requestConfig":{"method":"BREW"}}}'],
    ['an environment', '{"release":{"environmentName":"prod"}}'],
    ['a service that is not there', '{"service":{"serviceId":"service-00000000"}}'],
    ['a timeout', '{"api":{"serviceTimeout":0}}'],
  ])('%s out of the rules is refused', async (_, triggerDesc) => {
    await expect(bench.gateway.deployTrigger({ ...target, triggerDesc })).rejects.toBeInstanceOf(
      GatewayError,
    );
  });

  test('is gone with its service when it is removed', async () => {
    const { path, apiId } = await deployTrigger({ service: { serviceName: 'short' } });
    expect(await bench.gateway.removeApi(apiId)).toBe(true);
    expect(await bench.gateway.removeApi(apiId)).toBe(false);
    expect(messageOf(await bench.send(path))).toContain('There is no api match host[');
  });

  test('with a key pair answers only who signs with it', async () => {
    const auth = { secretName: 'partner' };
    const { path, keyPair } = await deployTrigger({ api: { requestConfig: { path: '=/signed' }, auth } });
    const other = await deployTrigger({
      api: { requestConfig: { path: '=/x' }, auth: { secretName: 'other' } },
    });
    const date = bench.now.date.toUTCString();
    const sign = (id = '', key = '', text = `x-date: ${date}`): Record<string, string> => {
      const signature = createHmac('sha1', key).update(text).digest('base64');
      const authorization = `hmac id="${id}", algorithm="hmac-sha1", headers="x-date", signature="${signature}"`;
      return { 'x-date': date, authorization };
    };
    const ask = (headers: Record<string, string>) => bench.send(path, { headers });
    expect((await ask(sign(keyPair?.secretId, keyPair?.secretKey))).status).toBe(200);
    expect(lastEvent(bench)).toMatchObject({
      requestContext: { identity: { secretId: keyPair?.secretId } },
    });
    bench.calls.length = 0;
    const refusals: [Record<string, string>, number, string][] = [
      [{}, 401, 'a validate authorization header is required'],
      [{ authorization: 'hmac nonsense', 'x-date': date }, 401, 'HMAC id or signature missing'],
      [
        { ...sign(keyPair?.secretId, keyPair?.secretKey), 'x-date': 'Mon, 01 Jan 2001 00:00:00 GMT' },
        401,
        'date',
      ],
      [sign(keyPair?.secretId, 'wrong'), 401, 'HMAC signature does not match.'],
      [sign('AKIDnobody', 'wrong'), 401, 'HMAC signature does not match.'],
      [sign(other.keyPair?.secretId, other.keyPair?.secretKey), 403, 'Found no validate usage plan.'],
    ];
    for (const [headers, status, text] of refusals) {
      const result = await ask(headers);
      expect([result.status, messageOf(result)]).toEqual([status, expect.stringContaining(text)]);
    }
    expect(bench.calls).toEqual([]);
  });
});

describe('a function URL', () => {
  const URL_ID = 'abcdefgh01';
  const base: FunctionUrl = {
    urlId: URL_ID,
    namespace: 'default',
    functionName: 'f',
    qualifier: '$DEFAULT',
    authType: 'NONE',
    cors: undefined,
  };
  const host = `1250000000-${URL_ID}.ap-guangzhou.tencentscf.com`;

  beforeEach(() => {
    bench.urls.set(URL_ID, base);
    bench.signature.problem = undefined;
  });

  test.each([
    ['by its path', `/url-${URL_ID}/a%20b/c?x=1&x=2`, {}],
    ['by its host name', '/a%20b/c?x=1&x=2', { host }],
  ])('hands over the documented event, reached %s', async (_, path, headers) => {
    const result = await bench.send(path, {
      method: 'POST',
      body: '{"a":1}',
      headers: { ...headers, 'x-scf-remote-addr': '6.6.6.6' },
    });
    expect(result).toMatchObject({ status: 200, body: 'ok' });
    expect(lastEvent(bench)).toEqual({
      body: '{"a":1}',
      headers: expect.objectContaining({
        'x-scf-remote-addr': '127.0.0.1',
        'x-scf-request-id': result.headers['x-api-requestid'],
      }),
      httpMethod: 'POST',
      path: '/a b/c',
      queryString: { x: '2' },
      requestContext: { sourceIp: '127.0.0.1' },
    });
    expect(bench.calls[0]).toMatchObject({ trigger: 'http', name: 'f', qualifier: '$DEFAULT' });
  });

  test.each([
    ['a text', '"Hello, world!"', 200, '"Hello, world!"'],
    ['an object without a status', '{"a":1}', 200, '{"a":1}'],
    ['nothing', 'null', 200, 'null'],
    ['a whole response', '{"statusCode":404,"headers":{"x-a":"1"},"body":"gone"}', 404, 'gone'],
  ])('answers %s as documented', async (_, retMsg, status, body) => {
    bench.functions.set('f', async () => ({ statusCode: 200, retMsg }));
    const result = await bench.send(`/url-${URL_ID}`);
    expect(result).toMatchObject({ status, body, headers: { 'content-type': 'application/json' } });
  });

  test('whose function injects a header answers 403', async () => {
    const retMsg = JSON.stringify({ statusCode: 200, headers: { a: 'b\r\nset-cookie: x=1' } });
    bench.functions.set('f', async () => ({ statusCode: 200, retMsg }));
    const result = await bench.send(`/url-${URL_ID}`);
    expect(result.status).toBe(403);
    expect(result.headers).not.toHaveProperty('set-cookie');
  });

  test('with CAM says what is wrong with a signature', async () => {
    bench.urls.set(URL_ID, { ...base, authType: 'CAM' });
    bench.signature.problem = 'The signature does not match the request.';
    const refused = await bench.send(`/url-${URL_ID}`);
    expect([refused.status, messageOf(refused)]).toEqual([401, bench.signature.problem]);
    expect(bench.calls).toEqual([]);
    bench.signature.problem = undefined;
    expect((await bench.send(`/url-${URL_ID}`)).status).toBe(200);
  });

  test('that is not there is a 404, and so is one whose function is gone', async () => {
    expect((await bench.send('/url-0000000000')).status).toBe(404);
    bench.functions.delete('f');
    expect((await bench.send(`/url-${URL_ID}`)).status).toBe(404);
  });
});
