import { createServer } from 'node:net';
import { verifyCallbackSign } from '@vodstack/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { findFreePort } from '../support/child-server.ts';
import { type EventListener, startEventListener } from '../support/event-listener.ts';
import { eventually } from '../support/eventually.ts';
import { type EventRow, findDeliveries, findEvents } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let textPath: string;
const listeners: EventListener[] = [];

beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  textPath = await clip.write('note.mp4', 'A text.');
});
afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.stop();
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

async function listenTo(answer?: Parameters<typeof startEventListener>[0]): Promise<EventListener> {
  const listener = await startEventListener(answer);
  listeners.push(listener);
  await pointAt(listener.url);
  return listener;
}

async function pointAt(NotificationUrl: string, SignKey = ''): Promise<void> {
  await stack.client.ModifyEventConfig({
    Mode: 'PUSH',
    NotificationUrl,
    SignKey,
    UploadMediaCompleteEventSwitch: 'ON',
  });
}

async function settled(fileId: string): Promise<EventRow[]> {
  return await eventually(`the events of ${fileId} are settled`, async () => {
    const events = await findEvents(stack, fileId);
    return events.length > 0 && events.every(({ state }) => state !== 'pending') && events;
  });
}

describe('a notification', () => {
  it('is posted once, byte for byte as it was stored', async () => {
    const listener = await listenTo();
    const { FileId } = await uploadFile(stack, textPath, { MediaName: '视频 "ü" \u2028' });
    const [notification] = await listener.waitFor(FileId, 1);
    const [event] = await settled(FileId);
    expect(event).toMatchObject({ type: 'NewFileUpload', state: 'delivered', attempts: 1 });
    expect(notification?.body).toBe(event?.payload);
    expect(notification).toMatchObject({ method: 'POST', path: '/callback' });
    expect(notification?.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(event?.payload ?? '')),
      host: `127.0.0.1:${listener.port}`,
    });
    expect(listener.notifications).toHaveLength(1);
  });

  it('is a success whatever the answer, and kept with it', async () => {
    const listener = await listenTo({ status: 500, body: 'out of order' });
    const { FileId } = await uploadFile(stack, textPath);
    expect(await settled(FileId)).toMatchObject([{ state: 'delivered', attempts: 1 }]);
    expect(await findDeliveries(stack, FileId)).toMatchObject([
      { attempt: 1, url: listener.url, response_status: 500, response_body: 'out of order', error: null },
    ]);
    expect(listener.notifications).toHaveLength(1);
  });

  it('does not follow a redirect', async () => {
    const listener = await listenTo({ status: 307, body: '' });
    const { FileId } = await uploadFile(stack, textPath);
    expect(await settled(FileId)).toMatchObject([{ state: 'delivered', attempts: 1 }]);
    expect(listener.notifications).toHaveLength(1);
  });

  it('keeps no more of an endless answer than it must', async () => {
    await listenTo({ status: 200, body: 'x'.repeat(1_000_000) });
    const { FileId } = await uploadFile(stack, textPath);
    await settled(FileId);
    const [delivery] = await findDeliveries(stack, FileId);
    expect(delivery?.response_body).toHaveLength(65_536);
  });

  it('keeps an answer that is no text', async () => {
    await listenTo({ status: 200, body: 'a\0b' });
    const { FileId } = await uploadFile(stack, textPath);
    await settled(FileId);
    expect(await findDeliveries(stack, FileId)).toMatchObject([{ response_body: 'a\uFFFDb' }]);
  });
});

describe('notifications of one file', () => {
  it('come in their order', async () => {
    const listener = await listenTo();
    const { FileId } = await uploadFile(stack, clip.path);
    for (let count = 0; count < 3; count++) {
      await stack.client.ProcessMedia({
        FileId,
        MediaProcessTask: { TranscodeTaskSet: [{ Definition: 424242 }] },
        TasksNotifyMode: 'Change',
      });
    }
    const notifications = await listener.waitFor(FileId, 7);
    const stored = await settled(FileId);
    expect(notifications.map(({ body }) => body)).toEqual(stored.map(({ payload }) => payload));
    expect(notifications[0]?.content.EventType).toBe('NewFileUpload');
  });
});

describe('a receiver that never answers', () => {
  it('is sent the notification three times, and other files do not wait for it', async () => {
    const listener = await listenTo('never');
    const { FileId } = await uploadFile(stack, textPath);
    const other = await uploadFile(stack, textPath);
    await listener.waitFor(other.FileId, 1);
    expect(await settled(FileId)).toMatchObject([{ state: 'failed', attempts: 3 }]);
    expect(await listener.waitFor(FileId, 3)).toHaveLength(3);
    const deliveries = await findDeliveries(stack, FileId);
    expect(deliveries.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    for (const { error, response_status } of deliveries) {
      expect(response_status).toBeNull();
      expect(error).toContain('no answer within 5000 ms');
    }
    await settled(other.FileId);
  });

  it('gets what is next when it is given up', async () => {
    const stalled = await startEventListener('never');
    listeners.push(stalled);
    await pointAt(stalled.url);
    const { FileId } = await uploadFile(stack, clip.path);
    await stalled.waitFor(FileId, 1);
    await stack.client.ProcessMedia({
      FileId,
      MediaProcessTask: { TranscodeTaskSet: [{ Definition: 424242 }] },
    });
    const listener = await listenTo();
    const [first, second] = await listener.waitFor(FileId, 2);
    expect([first?.content.EventType, second?.content.EventType]).toEqual([
      'NewFileUpload',
      'ProcedureStateChanged',
    ]);
  });
});

describe('a receiver that cannot be reached', () => {
  it('is tried three times when it refuses the connection', async () => {
    await pointAt(`http://127.0.0.1:${await findFreePort()}/`);
    const { FileId } = await uploadFile(stack, textPath);
    expect(await settled(FileId)).toMatchObject([{ state: 'failed', attempts: 3 }]);
    for (const { error } of await findDeliveries(stack, FileId)) expect(error).toContain('ECONNREFUSED');
  });

  it('is tried three times when its name does not exist', async () => {
    await pointAt('http://does-not-exist.invalid/');
    const { FileId } = await uploadFile(stack, textPath);
    expect(await settled(FileId)).toMatchObject([{ state: 'failed', attempts: 3 }]);
  });

  it('is tried three times when it closes the connection without an answer', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.destroy()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    await pointAt(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`);
    const { FileId } = await uploadFile(stack, textPath);
    expect(await settled(FileId)).toMatchObject([{ state: 'failed', attempts: 3 }]);
    await new Promise((resolve) => server.close(resolve));
  });

  it('gets the notification all the same when it comes back in time', async () => {
    const port = await findFreePort();
    await pointAt(`http://127.0.0.1:${port}/`);
    const { FileId } = await uploadFile(stack, textPath);
    await eventually(
      'the first send has failed',
      async () => (await findDeliveries(stack, FileId)).length > 0,
    );
    await listenTo();
    const [event] = await settled(FileId);
    expect(event?.state).toBe('delivered');
    expect(event?.attempts).toBeGreaterThan(1);
  });
});

describe('a SignKey', () => {
  it('puts Sign and T into the message, and changes nothing else', async () => {
    const listener = await listenTo();
    await pointAt(listener.url, 'Key123');
    const { FileId } = await uploadFile(stack, textPath);
    const [notification] = await listener.waitFor(FileId, 1);
    const { Sign, T, ...rest } = notification?.content ?? { EventType: '' };
    const nowSec = Math.floor(Date.now() / 1000);
    expect(verifyCallbackSign({ Sign, T }, { signKey: 'Key123', nowSec })).toEqual({ ok: true });
    expect(verifyCallbackSign({ Sign, T }, { signKey: 'Key124', nowSec })).toMatchObject({ ok: false });
    expect(Sign).toMatch(/^[0-9a-f]{32}$/);
    expect(Math.abs(Number(T) - nowSec - 600)).toBeLessThan(60);
    const [event] = await settled(FileId);
    expect(rest).toEqual(JSON.parse(event?.payload ?? ''));
    expect(await findDeliveries(stack, FileId)).toMatchObject([{ request_body: notification?.body }]);
  });

  it('that is taken away leaves neither', async () => {
    const listener = await listenTo();
    await pointAt(listener.url, 'Key123');
    await pointAt(listener.url, '');
    const { FileId } = await uploadFile(stack, textPath);
    const [notification] = await listener.waitFor(FileId, 1);
    expect(Object.keys(notification?.content ?? {})).toEqual(['EventType', 'FileUploadEvent']);
  });
});

describe('the configuration', () => {
  it('that switches uploads OFF lets no NewFileUpload be written, but every ProcedureStateChanged', async () => {
    const listener = await listenTo();
    await stack.client.ModifyEventConfig({ UploadMediaCompleteEventSwitch: 'OFF' });
    const { FileId } = await uploadFile(stack, clip.path);
    await stack.client.ProcessMedia({
      FileId,
      MediaProcessTask: { TranscodeTaskSet: [{ Definition: 424242 }] },
    });
    const notifications = await listener.waitFor(FileId, 1);
    expect(notifications.map(({ content }) => content.EventType)).toEqual(['ProcedureStateChanged']);
    expect(await findEvents(stack, FileId)).toHaveLength(1);
  });

  it('without a URL keeps the event, and sends it nowhere, not even later', async () => {
    await pointAt('');
    const { FileId } = await uploadFile(stack, textPath);
    expect(await findEvents(stack, FileId)).toMatchObject([{ state: 'unaddressed', attempts: 0 }]);
    const listener = await listenTo();
    const later = await uploadFile(stack, textPath);
    await listener.waitFor(later.FileId, 1);
    expect(listener.notifications.map(({ fileId }) => fileId)).toEqual([later.FileId]);
  });

  it('in pull mode sends nothing', async () => {
    const listener = await listenTo();
    await stack.client.ModifyEventConfig({ Mode: 'PULL' });
    const pulled = await uploadFile(stack, textPath);
    await stack.client.ModifyEventConfig({ Mode: 'PUSH' });
    const pushed = await uploadFile(stack, textPath);
    await listener.waitFor(pushed.FileId, 1);
    expect(listener.notifications.map(({ fileId }) => fileId)).toEqual([pushed.FileId]);
    expect(await findEvents(stack, pulled.FileId)).toMatchObject([{ mode: 'PULL', state: 'pending' }]);
  });
});
