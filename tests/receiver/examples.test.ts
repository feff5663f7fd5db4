import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createReceiver, type Receiver } from '@vodstack/receiver';
import { sampleEvent } from '@vodstack/protocol';
import { fastify } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { loadReceiveConfig } from '../../packages/cli/src/receive/config.ts';
import { createFetchHandler } from '../../examples/adapters/fetch.ts';
import { receiverPlugin } from '../../examples/adapters/fastify.ts';
import { createNodeServer } from '../../examples/adapters/node.ts';

const NAME = 'sample';
const MESSAGE = sampleEvent('NewFileUpload', {
  fileId: '1',
  taskId: '',
  baseUrl: 'http://example.com',
  at: new Date(0),
});

let ends: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(ends.map((end) => end()));
  ends = [];
});

type Send = (path: string, body: string) => Promise<number>;

const adapters: Readonly<Record<string, (receiver: Receiver) => Promise<Send>>> = {
  async node(receiver) {
    const server = createNodeServer(receiver);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => server.close());
    return post(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  },
  async fetch(receiver) {
    const handle = createFetchHandler(receiver);
    return async (path, body) =>
      (await handle(new Request(`http://localhost${path}`, { method: 'POST', body }))).status;
  },
  async fastify(receiver) {
    const app = fastify();
    await app.register(receiverPlugin, { receiver });
    ends.push(() => app.close());
    return post(await app.listen({ port: 0, host: '127.0.0.1' }));
  },
};

function post(base: string): Send {
  return async (path, body) => (await fetch(`${base}${path}`, { method: 'POST', body })).status;
}

describe.each(Object.entries(adapters))('The example for %s', (_name, connect) => {
  test('hands notifications to the receiver and gives back its answer', async () => {
    const names: unknown[] = [];
    const receiver = createReceiver({
      on: { NewFileUpload: ({ MediaBasicInfo }) => void names.push(MediaBasicInfo?.Name) },
      log: () => undefined,
    });
    const send = await connect(receiver);
    expect([await send('/callback/x', MESSAGE), await send('/callback/x', 'hello')]).toEqual([200, 400]);
    expect(names).toEqual([NAME]);
  });
});

test('The example configuration is one that vodstack receive takes, once the secret is made', async () => {
  const path = 'examples/receiver/config.json';
  const known = Object.keys(JSON.parse(await readFile(path, 'utf8')) as object);
  const config = loadReceiveConfig(
    { VODSTACK_RECEIVE_DEFINITIONS: '20,10', VODSTACK_PORT: '9000' },
    { config: path },
  );
  expect(config).toMatchObject({ confirm: 'always', definitions: [20, 10], port: 9000, transcodes: true });
  expect(known).toContain('path_secret');
});

test('A stray setting of another kind is named with its place', () => {
  const env = {
    SECRET_ID: 'a',
    SECRET_KEY: 'b',
    VODSTACK_RECEIVE_ON_OUTPUT: '{"command":[]}',
    VODSTACK_RECEIVE_PULL: 'perhaps',
  };
  expect(() => loadReceiveConfig(env, {})).toThrow(/on_output: .*\n {2}|pull: /);
});
