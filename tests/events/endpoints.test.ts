import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { listConsole, postConsole } from '../support/console-api.ts';
import { type EventListener, type Notification, startEventListener } from '../support/event-listener.ts';
import { eventually } from '../support/eventually.ts';
import {
  endCircuitPauses,
  findEvents,
  leaveDispatchesTaken,
  makeDispatchesDue,
  setDispatchAttempts,
} from '../support/rows.ts';
import { runProgram } from '../support/program.ts';
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
  for (const { endpointId } of await listConsole(stack.url, '/endpoints')) {
    await postConsole(stack.url, `/endpoints/${String(endpointId)}/remove`);
  }
  for (const listener of listeners.splice(0)) await listener.stop();
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

async function listenTo(answer?: Parameters<typeof startEventListener>[0]): Promise<EventListener> {
  const listener = await startEventListener(answer);
  listeners.push(listener);
  return listener;
}

interface Endpoint {
  readonly endpointId: number;
  readonly secret: string;
}

async function addEndpoint(url: string, filters: object = {}): Promise<Endpoint> {
  const { status, answer } = await postConsole(stack.url, '/endpoints', { url, ...filters });
  expect({ status, answer }).toMatchObject({ status: 200 });
  return answer as unknown as Endpoint;
}

async function endpoint(endpointId: number): Promise<Record<string, unknown> | undefined> {
  const all = await listConsole(stack.url, '/endpoints');
  return all.find((one) => one['endpointId'] === endpointId);
}

interface Dispatch {
  readonly endpointId: number;
  readonly state: string;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly reason: string | null;
}

interface EventView {
  readonly eventId: number;
  readonly fileId: string;
  readonly dispatches: readonly Dispatch[];
  readonly attempts: readonly { attempt: number; status: number | null; nextReason: string | null }[];
}

/** An event that tells of a file of its own. */
interface Told {
  readonly eventId: number;
  readonly marker: string;
}

/** Much quicker than an upload. */
async function tell(type = 'NewFileUpload'): Promise<Told> {
  const marker = `marker-${markers++}`;
  const set = { 'FileUploadEvent.FileId': marker };
  const { answer } = await postConsole(stack.url, '/events/trigger', { type, set });
  return { eventId: Number(answer['eventId']), marker };
}
let markers = 0;

async function eventView({ eventId }: Told): Promise<EventView> {
  const [event] = await listConsole(stack.url, `/events?limit=1&before=${eventId + 1}`);
  return event as unknown as EventView;
}

async function untilDispatch(told: Told, matches: (dispatch: Dispatch) => boolean): Promise<Dispatch> {
  return await eventually(`the dispatch of event ${told.eventId}`, async () =>
    (await eventView(told)).dispatches.find(matches),
  );
}

/** Every `v1` signature that a notification should carry, made as the specification says. */
function expectedSignature({ headers, body }: Notification, secret: string): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}

describe('an endpoint', () => {
  it('gets what the callback gets, signed over the exact body, beside Sign and T', async () => {
    const [callback, listener] = [await listenTo(), await listenTo()];
    await stack.client.ModifyEventConfig({
      NotificationUrl: callback.url,
      SignKey: 'Key123',
      UploadMediaCompleteEventSwitch: 'ON',
    });
    const { endpointId, secret } = await addEndpoint(listener.url);
    const { FileId } = await uploadFile(stack, textPath, { MediaName: '视频' });
    const [[called], [sent]] = [await callback.waitFor(FileId, 1), await listener.waitFor(FileId, 1)];
    await stack.client.ModifyEventConfig({
      NotificationUrl: '',
      SignKey: '',
      UploadMediaCompleteEventSwitch: 'OFF',
    });
    expect(called?.headers['webhook-id']).toBeUndefined();
    expect(sent && expectedSignature(sent, secret)).toBe(sent?.headers['webhook-signature']);
    expect(Math.abs(Number(sent?.headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(60);
    expect(sent?.content).toMatchObject({ EventType: 'NewFileUpload', Sign: expect.any(String) });
    const views = await listConsole(stack.url, `/events?fileId=${FileId}`);
    expect(views[0]?.['dispatches']).toMatchObject([{ endpointId }]);
    expect((await listConsole(stack.url, '/endpoints'))[0]).not.toHaveProperty('secret');
  });

  it('takes an event whose switch is OFF and that no callback gets', async () => {
    const listener = await listenTo();
    await addEndpoint(listener.url);
    const { FileId } = await uploadFile(stack, textPath);
    await listener.waitFor(FileId, 1);
    expect(await findEvents(stack, FileId)).toMatchObject([{ state: 'unaddressed', attempts: 0 }]);
  });

  it('takes only what its filters let through', async () => {
    const listener = await listenTo();
    const wanted = await uploadFile(stack, textPath);
    const ClassId = (await stack.client.CreateClass({ ParentId: -1, ClassName: 'seen' })).ClassId ?? 0;
    await addEndpoint(`${listener.url}/type`, { eventTypes: ['FileDeleted'] });
    await addEndpoint(`${listener.url}/file`, { fileIds: [wanted.FileId] });
    await addEndpoint(`${listener.url}/class`, { classIds: [ClassId] });
    await addEndpoint(`${listener.url}/all`);
    const { FileId } = await uploadFile(stack, textPath, { ClassId });
    for (const type of ['NewFileUpload', 'FileDeleted'] as const) {
      await postConsole(stack.url, '/events/trigger', { type, fileId: wanted.FileId });
    }
    const seen = await eventually('what all endpoints get', () => {
      const places = listener.notifications.map(
        ({ path, content }) => `${path.split('/').at(-1)} ${content.EventType}`,
      );
      return places.length >= 7 && places;
    });
    expect(seen.toSorted()).toEqual([
      'all FileDeleted',
      'all NewFileUpload',
      'all NewFileUpload',
      'class NewFileUpload',
      'file FileDeleted',
      'file NewFileUpload',
      'type FileDeleted',
    ]);
    const views = await listConsole(stack.url, `/events?fileId=${FileId}`);
    expect(views[0]?.['dispatches']).toHaveLength(2);
  });

  it('gets the events of one file in their order', async () => {
    const listener = await listenTo();
    await addEndpoint(listener.url);
    const told: string[] = [];
    for (let index = 0; index < 8; index++) told.push((await tell()).marker);
    await listener.waitFor(told.at(-1) ?? '', 1);
    expect(listener.notifications.map(({ fileId }) => fileId)).toEqual(told);
  });

  it('is signed with both secrets while they are being exchanged', async () => {
    const listener = await listenTo();
    const { endpointId, secret } = await addEndpoint(listener.url);
    const rotated = await postConsole(stack.url, `/endpoints/${endpointId}/rotate`, { overlapSec: 60 });
    const told = await tell();
    const [sent] = await listener.waitFor(told.marker, 1);
    const signatures = [String(rotated.answer['secret']), secret].map(
      (one) => sent && expectedSignature(sent, one),
    );
    expect(sent?.headers['webhook-signature']).toBe(signatures.join(' '));
    await postConsole(stack.url, `/endpoints/${endpointId}/rotate`, { overlapSec: 0 });
    expect(await endpoint(endpointId)).toMatchObject({ secrets: 1 });
  });
});

describe('an endpoint that does not answer 2xx', () => {
  it.each([
    [503, 'status 503'],
    [307, 'status 307'],
    [404, 'status 404'],
  ])('as %i is tried again under the same id', async (status, reason) => {
    let isUp = false;
    const listener = await listenTo(() => ({ status: isUp ? 204 : status, body: '' }));
    await addEndpoint(listener.url);
    const told = await tell();
    const failed = await untilDispatch(told, ({ attempts }) => attempts === 1);
    expect(failed).toMatchObject({ state: 'pending', reason: expect.stringContaining(reason) });
    isUp = true;
    await makeDispatchesDue(stack);
    expect(await untilDispatch(told, ({ state }) => state === 'delivered')).toMatchObject({ attempts: 2 });
    const [first, second] = listener.notifications;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.body).toBe(first?.body);
    expect((await eventView(told)).attempts).toMatchObject([
      { attempt: 1, status, nextReason: `status ${status}; send 2 follows` },
      { attempt: 2, status: 204, nextReason: null },
    ]);
  });

  it('is asked no sooner than its Retry-After says', async () => {
    const listener = await listenTo({ status: 429, body: '', headers: { 'retry-after': '3600' } });
    await addEndpoint(listener.url);
    const told = await tell();
    const { nextAttemptAt, reason } = await untilDispatch(told, ({ attempts }) => attempts === 1);
    expect(Date.parse(nextAttemptAt ?? '') - Date.now()).toBeGreaterThan(3_500_000);
    expect(reason).toBe('status 429, Retry-After 3600 s; send 2 follows');
  });

  it('as 410 is disabled, and gets what waits once it is enabled again', async () => {
    let status = 410;
    const listener = await listenTo(() => ({ status, body: '' }));
    const { endpointId } = await addEndpoint(listener.url);
    const gone = await tell();
    expect(await untilDispatch(gone, ({ state }) => state === 'dead')).toMatchObject({ attempts: 1 });
    expect(await endpoint(endpointId)).toMatchObject({
      state: 'disabled',
      disabledReason: 'it answered 410 Gone',
    });
    expect((await eventView(await tell())).dispatches).toEqual([]);
    status = 200;
    await postConsole(stack.url, `/endpoints/${endpointId}/enable`);
    await postConsole(stack.url, '/dead-letters/redrive', { endpointId });
    await untilDispatch(gone, ({ state }) => state === 'delivered');
  });

  it('has a dead letter after the last send, which a redrive sends again', async () => {
    let status = 500;
    const listener = await listenTo(() => ({ status, body: 'no' }));
    const { endpointId } = await addEndpoint(listener.url);
    const told = await tell();
    await untilDispatch(told, ({ attempts }) => attempts === 1);
    await setDispatchAttempts(stack, told.eventId, 9);
    await makeDispatchesDue(stack);
    await untilDispatch(told, ({ state }) => state === 'dead');
    expect(await listConsole(stack.url, `/dead-letters?endpointId=${endpointId}`)).toMatchObject([
      { endpointId, eventId: told.eventId, attempts: 10, reason: 'status 500; given up after 10 sends' },
    ]);
    status = 200;
    expect(await postConsole(stack.url, '/dead-letters/redrive', { endpointId })).toMatchObject({
      answer: { eventIds: [expect.any(Number)] },
    });
    await untilDispatch(told, ({ state }) => state === 'delivered');
    expect(await listConsole(stack.url, `/dead-letters?endpointId=${endpointId}`)).toEqual([]);
  });

  it('is left alone after five failures, then tried with one event, then gets the rest', async () => {
    let isUp = false;
    const listener = await listenTo(() => ({ status: isUp ? 200 : 500, body: '' }));
    const { endpointId } = await addEndpoint(listener.url);
    const all: Told[] = [];
    for (let index = 0; index < 5; index++) all.push(await tell());
    await eventually('the circuit is open', async () => (await endpoint(endpointId))?.['circuit'] === 'open');
    all.push(await tell());
    await makeDispatchesDue(stack);
    const before = listener.notifications.length;
    const failures = Number((await endpoint(endpointId))?.['failures']);
    // Another endpoint shows that there was time to send it.
    const other = await listenTo();
    await addEndpoint(other.url);
    await other.waitFor((await tell()).marker, 1);
    expect(listener.notifications.length).toBe(before);
    await endCircuitPauses(stack);
    await eventually('one try', () => listener.notifications.length === before + 1);
    await eventually(
      'it is counted',
      async () => (await endpoint(endpointId))?.['failures'] === failures + 1,
    );
    isUp = true;
    await makeDispatchesDue(stack);
    await endCircuitPauses(stack);
    for (const told of all) {
      await untilDispatch(told, (one) => one.endpointId === endpointId && one.state === 'delivered');
    }
    expect(await endpoint(endpointId)).toMatchObject({ circuit: 'closed', failures: 0 });
  });
});

describe('a replay', () => {
  it('reaches the endpoints that had the event, and one that is named even if it never had it', async () => {
    const [first, second] = [await listenTo(), await listenTo()];
    await addEndpoint(first.url);
    const told = await tell();
    await untilDispatch(told, ({ state }) => state === 'delivered');
    const { endpointId } = await addEndpoint(second.url);
    expect(
      (await postConsole(stack.url, '/events/replay', { eventIds: [told.eventId] })).answer['eventIds'],
    ).toHaveLength(1);
    await first.waitFor(told.marker, 2);
    await postConsole(stack.url, '/events/replay', { eventIds: [told.eventId], endpointId });
    await second.waitFor(told.marker, 1);
    expect(first.notifications[1]?.body).toBe(first.notifications[0]?.body);
    expect(second.notifications[0]?.body).toBe(first.notifications[0]?.body);
  });
});

describe('what is no endpoint', () => {
  it.each([
    ['no address', '/endpoints', { url: 'ftp://x' }, 'http(s) URL'],
    ['a password in the address', '/endpoints', { url: 'http://a:b@x/' }, 'without a password'],
    ['an unknown event type', '/endpoints', { url: 'http://x/', eventTypes: ['No'] }, 'no event type "No"'],
    ['an unknown application', '/endpoints', { url: 'http://x/', subAppId: 3 }, 'SubAppId'],
    ['an unknown member', '/endpoints', { url: 'http://x/', other: 1 }, 'other'],
    ['an unknown id', '/endpoints/999/enable', {}, 'no endpoint 999'],
    ['an id that is none', '/endpoints/1;/remove', {}, 'no endpoint 0'],
    ['an overlap without end', '/endpoints/1/rotate', { overlapSec: 10 ** 9 }, 'overlapSec'],
    ['a replay to nowhere', '/events/replay', { fileId: '1', endpointId: 999 }, 'no endpoint 999'],
  ])('is refused: %s', async (_what, path, body, text) => {
    const { status, answer } = await postConsole(stack.url, path, body);
    expect(status).toBe(400);
    expect(answer['message']).toContain(text);
  });
});

describe('vodstack endpoints', () => {
  it('adds an endpoint, shows its secret once, and lists it without', async () => {
    const env = {
      SECRET_ID: undefined,
      SECRET_KEY: undefined,
      VODSTACK_ENDPOINT: stack.url,
      VODSTACK_DATA: stack.dataFolder,
    };
    const url = 'https://example.com/hook';
    const added = await runProgram(['endpoints', 'add', url, '--type', 'FileDeleted', '--json'], { env });
    expect(JSON.parse(added.stdout)).toMatchObject({ url, secret: expect.stringMatching(/^whsec_/) });
    const { stdout } = await runProgram(['endpoints', 'list'], { env });
    expect(stdout).toContain(`${url}  FileDeleted  enabled`);
    expect(stdout).not.toContain('whsec_');
  });
});

it('an endpoint gets again what a deliverer had taken before it died', async () => {
  const listener = await listenTo({ status: 500, body: '' });
  await addEndpoint(listener.url);
  const told = await tell();
  await untilDispatch(told, ({ attempts }) => attempts === 1);
  await leaveDispatchesTaken(stack);
  const [first, second] = await listener.waitFor(told.marker, 2);
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
});
