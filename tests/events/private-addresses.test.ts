import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { type EventListener, startEventListener } from '../support/event-listener.ts';
import { eventually } from '../support/eventually.ts';
import { findDeliveries, findEvents } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let textPath: string;
let listener: EventListener;
beforeAll(async () => {
  [stack, clip, listener] = await Promise.all([
    startQuietStack({ allowPrivateAddresses: 'never' }),
    createClip(),
    startEventListener(),
  ]);
  textPath = await clip.write('note.mp4', 'A text.');
});
afterAll(async () => {
  await listener?.stop();
  await stack?.stop();
  await clip?.remove();
});

/** Uploads a file with the callback set so and gives what became of the event, when it is decided. */
async function notifyAt(
  NotificationUrl: string,
): Promise<{ state: string; error: string | null | undefined }> {
  await stack.client.ModifyEventConfig({ NotificationUrl, UploadMediaCompleteEventSwitch: 'ON' });
  const { FileId } = await uploadFile(stack, textPath);
  return await eventually('the event is settled', async () => {
    const [event] = await findEvents(stack, FileId);
    const [delivery] = await findDeliveries(stack, FileId);
    return event && event.state !== 'pending' && { state: event.state, error: delivery?.error };
  });
}

it.each([
  ['an address', () => `http://127.0.0.1:${listener.port}/`],
  ['an address of IPv4 in IPv6', () => `http://[::ffff:127.0.0.1]:${listener.port}/`],
  ['the metadata service', () => 'http://169.254.169.254/latest/meta-data'],
  ['a name', () => `http://localhost:${listener.port}/`],
])('a private callback is not called when the operator forbids it: %s', async (_form, url) => {
  const { state, error } = await notifyAt(url());
  expect(state).toBe('failed');
  expect(error).toContain('private address');
  expect(error).toContain('VODSTACK_ALLOW_PRIVATE_ADDRESSES');
  expect(listener.notifications).toEqual([]);
});

it('the server’s own address may be called all the same', async () => {
  const { state, error } = await notifyAt(stack.server.receiverAddress);
  expect(error).toBeNull();
  expect(state).toBe('delivered');
});
