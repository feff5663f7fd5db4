import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorOf } from '../support/error-of.ts';
import { eventually } from '../support/eventually.ts';
import { createFunctionClient, type FunctionClient } from '../support/functions.ts';
import { startQuietStack, type Stack } from '../support/stack.ts';
import { createWebFunction, NODE_BOOTSTRAP as BOOTSTRAP, send } from '../support/web-function.ts';

let stack: Stack;
let client: FunctionClient;

beforeAll(async () => {
  stack = await startQuietStack();
  client = createFunctionClient(stack);
});
afterAll(() => stack?.stop());

/** A server with what goes wrong in servers. */
const APP = `
const http = require('node:http');
let count = 0;
let active = 0;
const server = http.createServer(async (req, res) => {
  const { pathname } = new URL(req.url, 'http://here');
  count += 1;
  console.log('request', req.method, req.url);
  if (pathname === '/echo') {
    res.writeHead(201, 'Made', [['X-Method', req.method], ['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2'], ['Content-Type', 'application/x-odd']]);
    return req.pipe(res);
  }
  if (pathname === '/stream') {
    res.write('first,');
    globalThis.release = () => res.end('last');
    return;
  }
  if (pathname === '/release') { globalThis.release(); return res.end(); }
  if (pathname === '/crash') { console.error('about to fall'); process.exit(3); }
  if (pathname === '/half') { res.writeHead(200, { 'content-length': 10 }); res.write('12345'); return setTimeout(() => req.socket.destroy(), 20); }
  if (pathname === '/silent') return req.socket.destroy();
  if (pathname === '/none') return res.writeHead(304, { etag: 'x' }).end();
  if (pathname === '/slow') return;
  if (pathname === '/big') { res.writeHead(200, { 'content-length': 7 * 1024 * 1024 }); return res.end(Buffer.alloc(7 * 1024 * 1024)); }
  if (pathname === '/memory') { globalThis.kept = []; for (;;) globalThis.kept.push(Buffer.alloc(16 * 1024 * 1024, 1)); }
  if (pathname === '/meet') {
    active += 1;
    globalThis.met ??= Promise.withResolvers();
    if (active === 3) globalThis.met.resolve();
    await globalThis.met.promise;
    return res.end(String(process.pid));
  }
  try { for await (const chunk of req) void chunk; } catch { return; }
  res.setHeader('content-type', 'application/json');
  res.end(JSON.stringify({ url: req.url, headers: req.headers, count }));
});
server.listen(9000, '0.0.0.0');
`;

const createWeb = (
  name: string,
  files: Record<string, string | Buffer>,
  more: object = {},
): Promise<string> => createWebFunction(client, { name, files, ...more });

const logOf = (FunctionName: string, text: string) =>
  eventually(`${FunctionName} has logged ${text}`, async () => {
    const { Data = [] } = await client.GetFunctionLogs({
      FunctionName,
      Order: 'desc',
      OrderBy: 'start_time',
    });
    return Data.find(({ Log }) => Log?.includes(text));
  });

describe('a web function', () => {
  let url: string;
  beforeAll(async () => {
    url = await createWeb('web', { scf_bootstrap: BOOTSTRAP, 'app.js': APP });
  });

  test('gets requests as they are and answers as it likes', async () => {
    const body = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 256));
    const answer = await send(`${url}/echo?x=%2f`, { method: 'PATCH', body });
    expect(answer).toMatchObject({
      status: 201,
      headers: { 'x-method': 'PATCH', 'set-cookie': ['a=1', 'b=2'], 'content-type': 'application/x-odd' },
      isCutOff: false,
    });
    expect(answer.body.equals(body)).toBe(true);
    const { Log, RetCode } = await logOf('web', 'request PATCH');
    expect(RetCode).toBe(0);
    expect(Log).toContain('/echo?x=%2f');
  });

  test('answers without a body where HTTP has none', async () => {
    const head = await send(`${url}/x`, { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(head.body).toHaveLength(0);
    expect(await send(`${url}/none`)).toMatchObject({ status: 304, body: Buffer.alloc(0), isCutOff: false });
  });

  test('is told of itself in headers that nobody can forge, and is kept warm', async () => {
    const headers = { 'X-Scf-Name': 'forged', 'x-own': 'kept' };
    const first = JSON.parse((await send(`${url}/a%20b/?q=1&q=2`, { headers })).body.toString());
    expect(first).toMatchObject({
      url: '/a%20b/?q=1&q=2',
      headers: {
        'x-scf-name': 'web',
        'x-scf-memory': '128',
        'x-own': 'kept',
        'x-scf-remote-addr': '127.0.0.1',
      },
    });
    const second = JSON.parse((await send(url)).body.toString());
    expect(second.count).toBe(first.count + 1);
  });

  test('answers bit by bit', async () => {
    const seen = Promise.withResolvers<string>();
    const limited = await createWeb(
      'streams',
      { scf_bootstrap: BOOTSTRAP, 'app.js': APP },
      { InstanceConcurrencyConfig: { DynamicEnabled: 'FALSE', MaxConcurrency: 3 } },
    );
    const answer = send(`${limited}/stream`, { onData: seen.resolve });
    expect(await seen.promise).toBe('first,');
    await send(`${limited}/release`);
    expect((await answer).body.toString()).toBe('first,last');
    const met = await Promise.all([1, 2, 3].map(() => send(`${limited}/meet`)));
    expect(new Set(met.map(({ body }) => body.toString())).size).toBe(1);
    expect((await client.GetFunction({ FunctionName: 'streams' })).InstanceConcurrencyConfig).toMatchObject({
      MaxConcurrency: 3,
    });
  });

  test.each([
    ['that ends', '/crash', 439, 'about to fall'],
    ['that closes the connection', '/silent', 502, 'UnhandledInvocationErr'],
    ['that answers too much', '/big', 407, 'body size is too long'],
    ['that takes too much memory', '/memory', 434, 'exceeded'],
  ])('%s answers with a status that says so, and serves on', async (_what, path, status, text) => {
    const answer = await send(url + path);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ statusCode: status });
    expect((await logOf('web', text)).RetCode).toBe(1);
    expect((await send(url)).status).toBe(200);
  });

  test('that dies in the middle of its answer cuts it off', async () => {
    const answer = await send(`${url}/half`);
    expect(answer).toMatchObject({ status: 200, isCutOff: true });
    expect((await send(url)).status).toBe(200);
  });

  test('is not asked for more than 6 MB', async () => {
    const body = Buffer.alloc(6 * 1024 * 1024 + 1);
    expect((await send(`${url}/echo`, { method: 'POST', body })).status).toBe(413);
    const headers = { 'transfer-encoding': 'chunked' };
    expect((await send(`${url}/`, { method: 'POST', body, headers })).status).toBe(413);
    expect((await send(url)).status).toBe(200);
  });

  test('is ended when its time is up', async () => {
    await client.UpdateFunctionConfiguration({ FunctionName: 'web', Timeout: 1 });
    const answer = await send(`${url}/slow`);
    expect(answer.status).toBe(433);
    expect(answer.body.toString()).toContain('timed out after 1 seconds');
    expect((await send(url)).status).toBe(200);
  });

  test('has a gateway address as well', async () => {
    const desc = { api: { requestConfig: { method: 'ANY', path: '/' } }, service: { serviceName: 'web' } };
    const { TriggerInfo } = await client.CreateTrigger({
      FunctionName: 'web',
      TriggerName: 'gw',
      Type: 'apigw',
      TriggerDesc: JSON.stringify(desc),
    });
    const address = JSON.parse(TriggerInfo?.TriggerDesc ?? '{}').service.subDomain;
    const { url: seen, headers } = JSON.parse((await send(`${address}deep/%41?b`)).body.toString());
    expect(seen).toBe('/deep/%41?b');
    expect(headers).toMatchObject({ 'x-api-scheme': 'http' });
  });

  test('cannot be called as an event function', async () => {
    expect(await errorOf(client.Invoke({ FunctionName: 'web' }))).toMatchObject({
      code: 'UnsupportedOperation',
    });
    const timer = { TriggerName: 't', Type: 'timer', TriggerDesc: '0 0 0 * * * *' };
    expect(await errorOf(client.CreateTrigger({ FunctionName: 'web', ...timer }))).toMatchObject({
      code: 'UnsupportedOperation',
    });
  });
});

describe('a web function that does not come up', () => {
  test.each([
    ['ends at once', '#!/bin/bash\necho no luck >&2\nexit 1\n', 405, 'ContainerStateExited'],
    [
      'listens elsewhere',
      "#!/bin/bash\nexec /var/lang/node18/bin/node -e \"require('http').createServer().listen(9000, '127.0.0.1')\"\n",
      446,
      '127.0.0.1:9000 only',
    ],
    ['is no program', 'exec node\r\n', 405, 'ContainerStateExited'],
  ])('because it %s says so', async (what, bootstrap, status, text) => {
    const FunctionName = `not-${what.replaceAll(/\W/gu, '-')}`;
    const url = await createWeb(FunctionName, { scf_bootstrap: bootstrap }, { InitTimeout: 3 });
    const answer = await send(url);
    expect(answer.status).toBe(status);
    expect(answer.body.toString()).toContain(text);
    await logOf(FunctionName, what === 'ends at once' ? 'no luck' : text);
  });

  test('because its package has no scf_bootstrap is not created', async () => {
    await expect(createWeb('none', { 'app.js': APP })).rejects.toThrow('scf_bootstrap');
  });
});
