import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { type Environment, readEnvironment, runIn } from '../support/redirected.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

let stack: Stack;
let clip: Clip;
let environment: Environment;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  environment = await readEnvironment(stack);
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

async function ask(url: string, env = environment): Promise<Record<string, number | string>> {
  return JSON.parse(await runIn(env, process.execPath, fixture('ask.mjs'), url)) as Record<string, number>;
}

const everyWay = (answer: number): Record<string, number> =>
  Object.fromEntries(
    ['fetch', 'request', 'get', 'required', 'options', 'positional', 'socket', 'thread'].map((way) => [
      way,
      answer,
    ]),
  );

describe('an unmodified Node program', () => {
  it('that uses the official SDK with its own endpoint reaches the local stack', async () => {
    const { FileId: fileId } = await uploadFile(stack, clip.path);
    const answer = JSON.parse(
      await runIn(environment, process.execPath, fixture('describe-media.cjs'), fileId),
    ) as {
      MediaInfoSet: { FileId: string }[];
    };
    expect(answer.MediaInfoSet.map((media) => media.FileId)).toEqual([fileId]);
  });

  it('reaches it over TLS whichever way it connects', async () => {
    expect(await ask('https://vod.tencentcloudapi.com/healthz')).toEqual(everyWay(200));
  });

  it('reaches it over plain HTTP whichever way it connects', async () => {
    expect(await ask('http://vod.tencentcloudapi.com/healthz')).toEqual(everyWay(200));
  });

  it.each([
    'vod.ap-guangzhou.tencentcloudapi.com',
    'vod2.qcloud.com',
    'vod2.dnsv1.com',
    'vodreport.qcloud.com',
    'playvideo.qcloud.com',
    '1251000000.vod2.myqcloud.com',
  ])('reaches it by the name %s', async (host) => {
    expect(await ask(`https://${host}/healthz`)).toEqual(everyWay(200));
  });

  it('is not led away from any other host', async () => {
    const other = await listen();
    const { port } = other.address() as AddressInfo;
    expect(await ask(`http://localhost:${port}/healthz`)).toEqual(everyWay(418));
    other.close();
  });

  it('does not mistake a host that only looks like one of the cloud', async () => {
    const answers = await ask('https://vod.tencentcloudapi.com.invalid/healthz');
    expect(Object.values(answers)).not.toContain(200);
  });

  it('trusts the local authority for the cloud’s names only', async () => {
    const untrusting = { ...environment, NODE_EXTRA_CA_CERTS: '' };
    const answers = await ask('https://vod.tencentcloudapi.com/healthz', untrusting);
    expect(Object.values(answers)).not.toContain(200);
  });
});

async function listen(): Promise<Server> {
  const server = createServer((_request, response) => response.writeHead(418).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
