import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorOf } from '../support/error-of.ts';
import { createFunction, createFunctionClient, type FunctionClient } from '../support/functions.ts';
import { startQuietStack, type Stack } from '../support/stack.ts';

let stack: Stack;
let client: FunctionClient;
let outside: Server;
let outsideUrl: string;

beforeAll(async () => {
  outside = createServer((_, response) => response.end('outside'));
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  outsideUrl = `http://127.0.0.1:${(outside.address() as AddressInfo).port}/`;
  stack = await startQuietStack();
  client = createFunctionClient(stack);
});
afterAll(async () => {
  await stack?.stop();
  outside?.close();
});

/** Asks the stack at its own address, the stack under the cloud's name, and another server. */
const VISIT = `
const visit = (url, method = 'GET') => fetch(url, { method, signal: AbortSignal.timeout(3000) }).then((answer) => answer.text(), (error) => error.cause?.code ?? error.name);
const visitAll = async (outside) => [
  /ok/.test(await visit(process.env.VODSTACK_ENDPOINT + '/healthz')),
  /Response/.test(await visit('https://vod.tencentcloudapi.com/', 'POST')),
  await visit(outside),
];
`;
const EVENT = `${VISIT}exports.main_handler = visitAll;`;
/** And lists the sockets that it was started with: nothing of ours may be among them but its output. */
const WEB = `${VISIT}
const fs = require('node:fs');
const inherited = fs.readdirSync('/proc/self/fd').filter((fd) => { try { return fs.readlinkSync('/proc/self/fd/' + fd).startsWith('socket:'); } catch { return false; } });
require('node:http').createServer(async (req, res) => res.end(JSON.stringify([...(await visitAll(req.headers['x-outside'])), inherited]))).listen(9000);`;
const variables = (Value: string) => ({ Environment: { Variables: [{ Key: 'VODSTACK_NETWORK', Value }] } });

const REFUSED = 'ECONNREFUSED';

test.each([
  ['all', [true, true, 'outside']],
  ['vodstack', [true, true, REFUSED]],
  ['none', [false, false, REFUSED]],
])('a function with the network policy %s reaches what it names', async (policy, expected) => {
  const FunctionName = `event-${policy}`;
  await createFunction(client, { FunctionName, code: EVENT, Timeout: 10, ...variables(policy) });
  const { Result } = await client.Invoke({ FunctionName, ClientContext: JSON.stringify(outsideUrl) });
  expect(JSON.parse(Result?.RetMsg ?? '')).toEqual(expected);
});

async function visitFromWeb(FunctionName: string, policy: string): Promise<unknown> {
  await createFunction(client, {
    FunctionName,
    code: { scf_bootstrap: '#!/bin/bash\nexec /var/lang/node18/bin/node a.js\n', 'a.js': WEB },
    Type: 'HTTP',
    Timeout: 10,
    ...variables(policy),
  } as never);
  const { TriggerInfo } = await client.CreateTrigger({
    FunctionName,
    TriggerName: 'u',
    Type: 'http',
    TriggerDesc: JSON.stringify({
      AuthType: 'NONE',
      NetConfig: { EnableIntranet: true, EnableExtranet: true },
    }),
  });
  const url = JSON.parse(TriggerInfo?.TriggerDesc ?? '{}').NetConfig.ExtranetUrl;
  // A name: 127.0.0.1 itself is the sandbox.
  const named = outsideUrl.replace('127.0.0.1', '127.0.0.2');
  const answer = await fetch(url, { headers: { 'x-outside': named } });
  return await answer.json();
}

test('a web function reaches the stack directly and other places through a proxy, unless its policy forbids it', async () => {
  await new Promise<void>((resolve) => {
    const other = createServer((_, response) => response.end('outside'));
    other.listen((outside.address() as AddressInfo).port, '127.0.0.2', resolve);
    other.unref();
  });
  expect(await visitFromWeb('web-all', 'all')).toEqual([true, true, 'outside', ['1', '2']]);
  expect(await visitFromWeb('web-stack', 'vodstack')).toEqual([true, true, REFUSED, ['1', '2']]);
});

test('any other policy is refused', async () => {
  const error = await errorOf(
    createFunction(client, { FunctionName: 'odd', code: EVENT, ...variables('some') }),
  );
  expect(error).toMatchObject({ code: 'InvalidParameterValue.Environment' });
});
