import type { models } from '@vodstack/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { errorOf } from '../support/error-of.ts';
import { endLeases, findEvents, settleEvents } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let textPath: string;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  textPath = await clip.write('note.mp4', 'A text.');
  await stack.client.ModifyEventConfig({ Mode: 'PULL', UploadMediaCompleteEventSwitch: 'ON' });
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

beforeEach(() => settleEvents(stack));

async function pull(): Promise<models.EventContent[]> {
  return (await stack.client.PullEvents({})).EventSet ?? [];
}

function handlesOf(events: models.EventContent[]): string[] {
  return events.map(({ EventHandle }) => EventHandle ?? '');
}

function fileIdsOf(events: models.EventContent[]): string[] {
  return events.map(({ FileUploadEvent }) => FileUploadEvent?.FileId ?? '');
}

async function uploadTexts(count: number): Promise<string[]> {
  const fileIds: string[] = [];
  for (let index = 0; index < count; index++) fileIds.push((await uploadFile(stack, textPath)).FileId);
  return fileIds;
}

describe('PullEvents', () => {
  it('says "no event" as an error, as the cloud does, when there is none', async () => {
    const error = await errorOf(stack.client.PullEvents({}));
    expect(error.code).toBe('ResourceNotFound');
    expect(error.message).toBe('no event');
  });

  it('refuses an unknown application', async () => {
    const error = await errorOf(stack.client.PullEvents({ SubAppId: 3 }));
    expect(error.code).toBe('InvalidParameterValue.SubAppId');
  });

  it('gives an event as it was stored, with a handle', async () => {
    const { FileId } = await uploadFile(stack, clip.path);
    const [event, ...others] = await pull();
    expect(others).toEqual([]);
    const { EventHandle, ...content } = event ?? {};
    expect(EventHandle).toMatch(/^\d{19}$/);
    const [stored] = await findEvents(stack, FileId);
    expect(content).toEqual(JSON.parse(stored?.payload ?? ''));
    expect(content).toMatchObject({ EventType: 'NewFileUpload', FileUploadEvent: { FileId } });
  });

  it('gives 16 events at most, oldest first, and the others with the next call', async () => {
    const fileIds = await uploadTexts(18);
    const first = await pull();
    expect(fileIdsOf(first)).toEqual(fileIds.slice(0, 16));
    expect(fileIdsOf(await pull())).toEqual(fileIds.slice(16));
    expect(new Set(handlesOf(first)).size).toBe(16);
  });

  it('gives no event to two callers at once', async () => {
    const uploads = await Promise.all(Array.from({ length: 20 }, () => uploadFile(stack, textPath)));
    const answers = await Promise.all([pull(), pull()]);
    expect(answers.map(({ length }) => length).toSorted((a, b) => a - b)).toEqual([4, 16]);
    const fileIds = uploads.map(({ FileId }) => FileId);
    expect(new Set(answers.flatMap(fileIdsOf))).toEqual(new Set(fileIds));
  });

  it('waits for an event that comes while it is asked', async () => {
    const pulling = pull();
    const { FileId } = await uploadFile(stack, textPath);
    expect(fileIdsOf(await pulling)).toEqual([FileId]);
  });

  it('gives events that nobody confirmed again, under new handles', async () => {
    const [FileId] = await uploadTexts(1);
    const first = await pull();
    await endLeases(stack);
    const second = await pull();
    expect(fileIdsOf(second)).toEqual([FileId]);
    expect(handlesOf(second)).not.toEqual(handlesOf(first));
    const late = await errorOf(stack.client.ConfirmEvents({ EventHandles: handlesOf(first) }));
    expect(late.code).toBe('InvalidParameterValue');
    await stack.client.ConfirmEvents({ EventHandles: handlesOf(second) });
  });

  it('gives nothing of what was reported in push mode', async () => {
    await stack.client.ModifyEventConfig({ Mode: 'PUSH' });
    const { FileId } = await uploadFile(stack, textPath);
    await stack.client.ModifyEventConfig({ Mode: 'PULL' });
    const [pulled] = await uploadTexts(1);
    expect(fileIdsOf(await pull())).toEqual([pulled]);
    expect(await findEvents(stack, FileId)).toMatchObject([{ mode: 'PUSH', state: 'unaddressed' }]);
  });
});

describe('ConfirmEvents', () => {
  it.each([
    ['no handle', []],
    ['17 handles', Array.from({ length: 17 }, (_, index) => String(index))],
  ])('refuses %s', async (_what, EventHandles) => {
    const error = await errorOf(stack.client.ConfirmEvents({ EventHandles }));
    expect(error.code).toBe('InvalidParameterValue');
    expect(error.message).toContain('1 to 16');
  });

  it('settles events, and settles them again without complaint', async () => {
    const [fileId = ''] = await uploadTexts(1);
    const EventHandles = handlesOf(await pull());
    expect(await stack.client.ConfirmEvents({ EventHandles })).toEqual({ RequestId: expect.any(String) });
    expect(await findEvents(stack, fileId)).toMatchObject([{ state: 'confirmed', attempts: 1 }]);
    await stack.client.ConfirmEvents({ EventHandles });
    await endLeases(stack);
    const [later] = await uploadTexts(1);
    expect(fileIdsOf(await pull())).toEqual([later]);
  });

  it('names the handles that it does not know, and settles the others', async () => {
    const [fileId = ''] = await uploadTexts(1);
    const [known = ''] = handlesOf(await pull());
    const error = await errorOf(stack.client.ConfirmEvents({ EventHandles: [known, '8000', known] }));
    expect(error.code).toBe('InvalidParameterValue');
    expect(error.message).toContain('8000');
    expect(error.message).not.toContain(known);
    expect(await findEvents(stack, fileId)).toMatchObject([{ state: 'confirmed' }]);
  });

  it('refuses a handle whose 30 s are over', async () => {
    const [fileId = ''] = await uploadTexts(1);
    const EventHandles = handlesOf(await pull());
    await endLeases(stack);
    const error = await errorOf(stack.client.ConfirmEvents({ EventHandles }));
    expect(error.code).toBe('InvalidParameterValue');
    expect(error.message).toContain('30 s');
    expect(await findEvents(stack, fileId)).toMatchObject([{ state: 'pending' }]);
  });
});
