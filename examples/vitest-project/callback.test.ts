import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { startVodstack, type Vodstack } from '@vodstack/server';
import { Client } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_client.js';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';

// A program under test: it keeps the names of files whose upload it was told of, each once.
const seen = new Map<string, number>();
let receiver: Server;
let vodstack: Vodstack;
let client: Client;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    void json(request).then((event) => {
      const { FileUploadEvent } = event as { FileUploadEvent?: { FileId: string } };
      const fileId = FileUploadEvent?.FileId ?? '';
      if (fileId) seen.set(fileId, (seen.get(fileId) ?? 0) + 1);
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  vodstack = await startVodstack({ port: 0, fast: 'on', virtualClock: 'on' });
  client = new Client(vodstack.clientConfig);
});
beforeEach(async () => {
  seen.clear();
  const { port } = receiver.address() as AddressInfo;
  await client.ModifyEventConfig({
    NotificationUrl: `http://127.0.0.1:${port}/`,
    UploadMediaCompleteEventSwitch: 'ON',
  });
});
afterAll(async () => {
  await vodstack?.stop();
  await new Promise((resolve) => receiver.close(resolve));
});

/** What the cloud's API does not have: the console's API. */
async function post(path: string, body: object): Promise<void> {
  const response = await fetch(`${vodstack.url}/console/api${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-vodstack-console': '1' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}

async function classNames(): Promise<string[]> {
  const { ClassInfoSet = [] } = await client.DescribeAllClass({});
  return ClassInfoSet.map(({ ClassName }) => ClassName).filter((name) => name.startsWith('lesson'));
}

it('hears of an upload, also when the notification comes twice', async () => {
  await post('/faults', { kind: 'duplicate', count: 1 });
  await post('/events/trigger', { type: 'NewFileUpload' });
  await vi.waitFor(() => expect([...seen.values()]).toEqual([2]), 10_000);
});

it('goes back to a snapshot, and to the very beginning', async () => {
  await client.CreateClass({ ParentId: -1, ClassName: 'lesson 1' });
  await using snapshot = await vodstack.snapshot();
  await client.CreateClass({ ParentId: -1, ClassName: 'lesson 2' });
  expect(await classNames()).toEqual(['lesson 1', 'lesson 2']);
  await vodstack.restore(snapshot);
  expect(await classNames()).toEqual(['lesson 1']);
  await vodstack.reset();
  expect(await classNames()).toEqual([]);
});
