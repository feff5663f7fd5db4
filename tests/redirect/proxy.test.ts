import { execFile } from 'node:child_process';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Environment, readEnvironment, runIn } from '../support/redirected.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';

const run = promisify(execFile);

let other: Server;
let otherUrl: string;
beforeAll(async () => {
  other = createServer((incoming, response) => response.end(`other ${incoming.url}`));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  otherUrl = `http://127.0.0.1:${(other.address() as AddressInfo).port}/here?x=1`;
});
afterAll(() => {
  other?.close();
});

interface Refusal {
  readonly status: number | undefined;
  readonly text: string;
}

/** What the proxy says to a CONNECT that it does not carry out. */
async function connectTo(stack: Stack, target: string): Promise<Refusal> {
  const { address, proxyPort } = stack.server.redirect;
  const { promise, resolve, reject } = Promise.withResolvers<Refusal>();
  const outgoing = request({ host: address, port: proxyPort, method: 'CONNECT', path: target });
  outgoing.on('connect', (response, socket, head) => {
    const rest = response.statusCode === 200 ? Promise.resolve('') : text(socket);
    rest.then((body) => {
      socket.destroy();
      resolve({ status: response.statusCode, text: head.toString() + body });
    }, reject);
  });
  outgoing.on('error', reject).end();
  return await promise;
}

describe('the proxy', () => {
  let stack: Stack;
  let environment: Environment;
  beforeAll(async () => {
    stack = await startQuietStack();
    environment = await readEnvironment(stack, '--proxy');
  });
  afterAll(async () => {
    await stack?.stop();
  });

  const curl = async (...args: string[]): Promise<string> => await runIn(environment, 'curl', '-sS', ...args);

  it('leads curl to the local stack over TLS, with the local authority’s certificate', async () => {
    expect(await curl('https://vod.tencentcloudapi.com/healthz')).toBe('{"status":"ok"}');
  });

  it('leads curl to the local stack over plain HTTP', async () => {
    expect(await curl('http://vod.tencentcloudapi.com/healthz')).toBe('{"status":"ok"}');
  });

  it('leads the names of buckets to object storage', async () => {
    const answer = await curl('-i', 'https://nobody-1250000000.cos.ap-guangzhou.myqcloud.com/none');
    expect(answer.toLowerCase()).toContain('\r\nx-cos-request-id: ');
  });

  it('needs no more than its address and the authority’s certificate', async () => {
    const { address, proxyPort } = stack.server.redirect;
    const options = [
      '--proxy',
      `http://${address}:${proxyPort}`,
      '--cacert',
      environment['NODE_EXTRA_CA_CERTS'] ?? '',
    ];
    const { stdout } = await run('curl', ['-sS', ...options, 'https://vod2.qcloud.com/healthz']);
    expect(stdout).toBe('{"status":"ok"}');
  });

  it('refuses a tunnel to any other host, and says what to do', async () => {
    const { status, text: said } = await connectTo(stack, 'example.org:443');
    expect(status).toBe(403);
    expect(said).toBe(
      'This proxy leads only the cloud\'s hosts to the local stack, not "example.org:443". Leave the host out with NO_PROXY, or start vodstack with VODSTACK_PROXY_PASSTHROUGH=always.\n',
    );
  });

  it.each([
    '',
    'vod.tencentcloudapi.com.example.org:443',
    'xtencentcloudapi.com:443',
    '127.0.0.1:22',
    '[::1]:22',
  ])('refuses a tunnel to %j', async (target) => {
    expect((await connectTo(stack, target)).status).toBe(403);
  });

  it('refuses a request for any other host', async () => {
    const answer = await curl('-i', '--noproxy', '', otherUrl);
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).toContain('VODSTACK_PROXY_PASSTHROUGH=always');
  });

  it('carries requests for the stack’s own address: its media’s URLs begin with it', async () => {
    expect(await curl('--noproxy', '', `${stack.url}/healthz`)).toBe('{"status":"ok"}');
    expect((await connectTo(stack, new URL(stack.url).host)).status).toBe(200);
  });
});

describe('the proxy with VODSTACK_PROXY_PASSTHROUGH=always', () => {
  let stack: Stack | undefined;
  afterEach(async () => {
    await stack?.stop();
  });

  it('connects to other hosts as any proxy does, and says when one does not answer', async () => {
    stack = await startQuietStack({ proxyPassthrough: 'always' });
    const environment = await readEnvironment(stack, '--proxy');
    const curl = async (...args: string[]): Promise<string> =>
      await runIn(environment, 'curl', '-sS', '--noproxy', '', ...args);
    expect(await curl(otherUrl)).toBe('other /here?x=1');
    expect(await curl('--proxytunnel', otherUrl)).toBe('other /here?x=1');
    expect(await curl('https://vod.tencentcloudapi.com/healthz')).toBe('{"status":"ok"}');
    expect((await connectTo(stack, '127.0.0.1:1')).status).toBe(502);
  });
});
