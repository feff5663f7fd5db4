import { readFile } from 'node:fs/promises';
import { eventMembers } from '@vodstack/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { postConsole } from '../support/console-api.ts';
import { type EventListener, startEventListener } from '../support/event-listener.ts';
import { eventually } from '../support/eventually.ts';
import { type ProgramResult, runProgram, spawnProgram } from '../support/program.ts';
import { findEvents } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let listener: EventListener;
let textPath: string;

beforeAll(async () => {
  [stack, clip, listener] = await Promise.all([startQuietStack(), createClip(), startEventListener()]);
  textPath = await clip.write('note.mp4', 'A text.');
  await stack.client.ModifyEventConfig({
    NotificationUrl: listener.url,
    UploadMediaCompleteEventSwitch: 'ON',
  });
});
afterAll(async () => {
  await stack?.stop();
  await listener?.stop();
  await clip?.remove();
});

function environment(): Record<string, string | undefined> {
  const place = { VODSTACK_ENDPOINT: stack.url, VODSTACK_DATA: stack.dataFolder };
  return { SECRET_ID: undefined, SECRET_KEY: undefined, ...place };
}

async function vodstack(...args: string[]): Promise<ProgramResult> {
  return await runProgram(args, { env: environment() });
}

/** The first line that a command prints with --json. */
function firstLine({ stdout, stderr }: ProgramResult): Record<string, unknown> {
  expect(stderr).toBe('');
  return JSON.parse(stdout.split('\n', 1)[0] ?? '') as Record<string, unknown>;
}

const post: (path: string, body: object) => ReturnType<typeof postConsole> = (path, body) =>
  postConsole(stack.url, path, body);

/** Events of the sample's file, which belongs to no media. */
async function awaitType(type: string, count = 1): Promise<Record<string, unknown>[]> {
  return await eventually(`${count} notifications of ${type}`, () => {
    const found = listener.notifications.filter(({ content }) => content.EventType === type);
    return found.length >= count && found.map(({ content }) => content);
  });
}

describe('vodstack trigger', () => {
  it('sends every type of event under the member that the cloud uses', async () => {
    for (const type of Object.keys(eventMembers)) await post('/events/trigger', { type });
    for (const [type, member] of Object.entries(eventMembers)) {
      const [content] = await awaitType(type);
      expect(Object.keys(content ?? {})).toEqual(['EventType', member]);
    }
  });

  it('sends what a media of the server is, with changed members', async () => {
    const { FileId, MediaUrl } = await uploadFile(stack, textPath, { MediaName: 'own' });
    await listener.waitFor(FileId, 1);
    const changes = ['FileUploadEvent.MediaBasicInfo.ClassId=7', 'FileUploadEvent.MediaBasicInfo.Name=a=b'];
    const set = changes.flatMap((change) => ['--set', change]);
    const result = await vodstack('trigger', 'NewFileUpload', '--file', FileId, ...set, '--json');
    expect(firstLine(result)).toEqual({ type: 'NewFileUpload', eventId: expect.any(Number) });
    const [, content] = (await listener.waitFor(FileId, 2)).map((one) => one.content);
    expect(content).toMatchObject({
      FileUploadEvent: { FileId, MediaBasicInfo: { Name: 'a=b', ClassId: 7, MediaUrl, Type: 'mp4' } },
    });
  });

  it('lists the types', async () => {
    const { stdout } = await vodstack('trigger', '--list');
    expect(stdout.trimEnd().split('\n')).toEqual(Object.keys(eventMembers));
  });

  it.each([
    ['an unknown type', { type: 'Nothing' }, 'no event type "Nothing"'],
    ['an unknown media', { type: 'FileDeleted', fileId: '1' }, 'no media 1'],
    ['a path through a text', { type: 'FileDeleted', set: { 'EventType.x': 1 } }, 'through a plain value'],
    ['a path into a prototype', { type: 'FileDeleted', set: { '__proto__.x': 1 } }, 'is no path'],
    ['an empty path', { type: 'FileDeleted', set: { '': 1 } }, 'is no path'],
    ['an unknown application', { type: 'FileDeleted', subAppId: 3 }, 'SubAppId'],
    ['an unknown member', { type: 'FileDeleted', other: 1 }, 'other'],
  ])('refuses %s', async (_what, body, text) => {
    const { status, answer } = await post('/events/trigger', body);
    expect(status).toBe(400);
    expect(answer['message']).toContain(text);
  });
});

describe('vodstack replay', () => {
  it('sends an event again, byte for byte, and keeps both deliveries', async () => {
    const { FileId } = await uploadFile(stack, textPath);
    await listener.waitFor(FileId, 1);
    const [event] = await eventually('the event is settled', async () => {
      const events = await findEvents(stack, FileId);
      return events.every(({ state }) => state === 'delivered') && events;
    });
    const result = await vodstack('replay', String(event?.event_id), '--json');
    expect(firstLine(result)).toEqual({ eventIds: [event?.event_id] });
    const [first, second] = await listener.waitFor(FileId, 2);
    expect(second?.body).toBe(first?.body);
    const shown = await eventually('both deliveries are shown', async () => {
      const item = firstLine(await vodstack('events', '--file', FileId, '--json'));
      return (item['attempts'] as object[]).length === 2 && item;
    });
    expect(shown).toMatchObject({
      type: 'NewFileUpload',
      state: 'delivered',
      attempts: [
        { attempt: 1, status: 200 },
        { attempt: 2, status: 200, requestBody: first?.body },
      ],
    });
  });

  it('sends what came since a time, or of one media, and says when that is nothing', async () => {
    const { FileId } = await uploadFile(stack, textPath);
    await listener.waitFor(FileId, 1);
    await eventually('it is settled', async () =>
      (await findEvents(stack, FileId)).every(({ state }) => state === 'delivered'),
    );
    expect((await post('/events/replay', { fileId: FileId })).answer['eventIds']).toHaveLength(1);
    await listener.waitFor(FileId, 2);
    const { stdout } = await vodstack('replay', '--since', new Date(Date.now() + 60_000).toISOString());
    expect(stdout).toBe('Nothing to replay.\n');
  });

  it('sends what was left waiting to be pulled, once the mode is PUSH again', async () => {
    await stack.client.ModifyEventConfig({ Mode: 'PULL' });
    const { FileId } = await uploadFile(stack, textPath);
    await stack.client.ModifyEventConfig({ Mode: 'PUSH' });
    expect((await findEvents(stack, FileId)).map(({ state }) => state)).toEqual(['pending']);
    expect((await post('/events/replay', { fileId: FileId })).answer['eventIds']).toHaveLength(1);
    await listener.waitFor(FileId, 1);
    expect((await stack.client.DescribeEventsState({})).CountOfEventsToPull).toBe(0);
  });

  it.each([
    ['nothing', [], 'Say which events'],
    ['an id that is none', ['x1'], 'no event id'],
    ['a time that is none', ['--since', 'yesterday'], 'neither an ISO 8601 time nor an age'],
  ])('refuses %s', async (_what, args, text) => {
    const { exitCode, stderr } = await vodstack('replay', ...args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(text);
  });
});

describe('vodstack listen', () => {
  it('forwards and records what is pulled, and puts the former mode back', async () => {
    const other = await startEventListener();
    const record = `${clip.folder}/events.jsonl`;
    const program = spawnProgram(['listen', '--forward', other.url, '--record', record, '--switch-to-pull'], {
      env: environment(),
    });
    await eventually('it listens', () => program.stdout().includes('Listening'));
    const { FileId } = await uploadFile(stack, textPath);
    const [notification] = await other.waitFor(FileId, 1);
    const [event] = await eventually('the event is confirmed', async () => {
      const events = await findEvents(stack, FileId);
      return events.every(({ state }) => state === 'confirmed') && events;
    });
    expect(notification?.body).toBe(event?.payload);
    expect(await readFile(record, 'utf8')).toBe(`${event?.payload}\n`);
    await eventually('it is shown', () => program.stdout().includes(`FileId ${FileId}  status 200`));
    expect(await program.end('SIGINT')).toBe(0);
    expect(program.stdout()).toMatch(/^Ended {6}the mode is PUSH again$/m);
    expect((await stack.client.DescribeEventConfig({})).Mode).toBe('PUSH');
    await other.stop();
  });

  it('refuses to take events away from a callback unasked', async () => {
    const { exitCode, stderr } = await vodstack('listen');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('--switch-to-pull');
  });

  it('refuses an address that is none', async () => {
    expect((await vodstack('listen', '--forward', 'localhost:80')).stderr).toContain('http(s) URL');
  });
});
