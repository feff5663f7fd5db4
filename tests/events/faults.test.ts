import { createServer } from 'node:net';
import { verifyCallbackSign } from '@vodstack/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { listConsole, postConsole } from '../support/console-api.ts';
import { errorOf } from '../support/error-of.ts';
import { type EventListener, startEventListener } from '../support/event-listener.ts';
import { eventually } from '../support/eventually.ts';
import { runProgram } from '../support/program.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let listener: EventListener;
let fileId: string;
let markers = 0;

beforeAll(async () => {
  [stack, clip, listener] = await Promise.all([startQuietStack(), createClip(), startEventListener()]);
  fileId = (await uploadFile(stack, clip.path)).FileId;
  await stack.client.ModifyEventConfig({ NotificationUrl: listener.url, SignKey: 'Key123' });
});
afterEach(async () => {
  await postConsole(stack.url, '/faults/clear');
});
afterAll(async () => {
  await stack?.stop();
  await listener?.stop();
  await clip?.remove();
});

async function addFault(kind: string, options: object = {}): Promise<void> {
  const { status, answer } = await postConsole(stack.url, '/faults', { kind, count: 1, ...options });
  expect({ status, answer }).toMatchObject({ status: 200 });
}

interface EventView {
  readonly state: string;
  readonly dispatches: readonly { state: string; reason: string | null }[];
  readonly attempts: readonly {
    attempt: number;
    status: number | null;
    error: string | null;
    endpointId: number | null;
    injected: readonly string[];
  }[];
}

interface Told {
  readonly marker: string;
  readonly eventId: number;
}

/** Events of one file, each under a name of its own. */
async function tell(type = 'NewFileUpload'): Promise<Told> {
  const marker = `marker-${markers++}`;
  const set = { 'FileUploadEvent.FileId': marker };
  const { answer } = await postConsole(stack.url, '/events/trigger', { type, set });
  return { marker, eventId: Number(answer['eventId']) };
}

async function settled({ eventId }: Told): Promise<EventView> {
  return await eventually(`event ${eventId} is settled`, async () => {
    const [event] = await listConsole(stack.url, `/events?limit=1&before=${eventId + 1}`);
    const view = event as unknown as EventView;
    return view.state !== 'pending' && view;
  });
}

function sent({ marker }: Told): EventListener['notifications'] {
  return listener.notifications.filter((one) => one.fileId === marker);
}

async function verifyNext(): Promise<ReturnType<typeof verifyCallbackSign>> {
  const told = await tell();
  await settled(told);
  const { Sign, T } = sent(told)[0]?.content ?? {};
  return verifyCallbackSign({ Sign, T }, { signKey: 'Key123', nowSec: Math.floor(Date.now() / 1000) });
}

describe('an event', () => {
  it('goes out once and whole when there is no fault, or none that is meant for it', async () => {
    await addFault('drop', { eventType: 'FileDeleted' });
    await addFault('drop', { fileId: '1' });
    await addFault('duplicate', { subAppId: 1 });
    const told = await tell();
    expect(await settled(told)).toMatchObject({ state: 'delivered', attempts: [{ injected: [] }] });
    expect(sent(told)).toHaveLength(1);
  });

  it('is doubled', async () => {
    await addFault('duplicate');
    const told = await tell();
    const { attempts } = await settled(told);
    expect(attempts).toMatchObject([
      { attempt: 1, status: 200, injected: ['duplicate'] },
      { attempt: 1, status: 200, injected: ['duplicate'] },
    ]);
    expect(new Set(sent(told).map(({ body }) => body)).size).toBe(1);
    expect(sent(told)).toHaveLength(2);
  });

  it('is lost, and can be replayed', async () => {
    await addFault('drop');
    const told = await tell();
    expect(await settled(told)).toMatchObject({ state: 'failed', attempts: [{ injected: ['drop'] }] });
    expect(sent(told)).toEqual([]);
    await postConsole(stack.url, '/events/replay', { eventIds: [told.eventId] });
    await listener.waitFor(told.marker, 1);
  });

  it('is late, and those of its file with it', async () => {
    await addFault('delay', { delayMs: 300 });
    const [first, second] = [await tell(), await tell()];
    expect(await settled(first)).toMatchObject({ attempts: [{ injected: ['delay'] }] });
    await settled(second);
    const order = listener.notifications.map((one) => one.fileId);
    expect(order.indexOf(first.marker)).toBeLessThan(order.indexOf(second.marker));
  });

  it('is overtaken by the next one of its file', async () => {
    await addFault('reorder', { delayMs: 1500 });
    const [first, second] = [await tell(), await tell()];
    expect(await settled(first)).toMatchObject({ attempts: [{ injected: ['reorder'] }] });
    await settled(second);
    const order = listener.notifications.map((one) => one.fileId);
    expect(order.indexOf(second.marker)).toBeLessThan(order.indexOf(first.marker));
  });

  it('is signed wrongly', async () => {
    await addFault('wrong-signature');
    expect(await verifyNext()).toEqual({ ok: false, reason: 'mismatch' });
  });

  it('comes with a time that is over', async () => {
    await addFault('expired');
    expect(await verifyNext()).toEqual({ ok: false, reason: 'expired' });
  });

  it('writes nulls where it has nothing', async () => {
    await addFault('nulls');
    const told = await tell();
    await settled(told);
    expect(sent(told)[0]?.content).toMatchObject({ ProcedureStateChangeEvent: null });
  });

  it('stops half-way, and comes whole the next time', async () => {
    const chunks: Buffer[] = [];
    const server = createServer((socket) => socket.on('data', (chunk) => chunks.push(chunk)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await stack.client.ModifyEventConfig({ NotificationUrl: `http://127.0.0.1:${port}/` });
    await addFault('stall');
    const told = await tell();
    await eventually('half of it came', () => Buffer.concat(chunks).includes('NewFileUpload'));
    await stack.client.ModifyEventConfig({ NotificationUrl: listener.url });
    await listener.waitFor(told.marker, 1);
    expect((await settled(told)).attempts).toMatchObject([
      { error: 'no answer within 5000 ms', injected: ['stall'] },
      { status: 200, injected: [] },
    ]);
    const [, length] = /content-length: (\d+)/i.exec(Buffer.concat(chunks).toString()) ?? [];
    const [, body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n');
    expect(Buffer.byteLength(body)).toBeLessThan(Number(length));
    await new Promise((resolve) => server.close(resolve));
  });

  it('meets the same faults on its way to an endpoint', async () => {
    const { answer } = await postConsole(stack.url, '/endpoints', { url: `${listener.url}/endpoint` });
    await stack.client.ModifyEventConfig({ NotificationUrl: '' });
    await addFault('drop');
    const told = await tell();
    const view = await eventually('its dispatch is dead', async () => {
      const seen = await settled(told);
      return seen.dispatches[0]?.state === 'dead' && seen;
    });
    expect(view.attempts).toMatchObject([{ endpointId: answer['endpointId'], injected: ['drop'] }]);
    await addFault('duplicate');
    await addFault('wrong-signature');
    const doubled = await tell();
    const [one, other] = await listener.waitFor(doubled.marker, 2);
    expect(other?.headers['webhook-id']).toBe(one?.headers['webhook-id']);
    await postConsole(stack.url, `/endpoints/${String(answer['endpointId'])}/remove`);
    await stack.client.ModifyEventConfig({ NotificationUrl: listener.url });
  });
});

describe('ProcessMedia', () => {
  const MediaProcessTask = { TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100020 }] };

  it.each([
    ['request-limit', 'RequestLimitExceeded'],
    ['internal-error', 'InternalError'],
  ])('answers the fault %s with %s, and works the next time', async (kind, code) => {
    await addFault(kind, { fileId });
    const definition = { TranscodeTaskSet: [{ Definition: 424242 }] };
    const request = { FileId: fileId, MediaProcessTask: definition, SessionId: kind };
    expect(await errorOf(stack.client.ProcessMedia(request))).toMatchObject({ code });
    expect((await stack.client.ProcessMedia(request)).TaskId).toMatch(/procedurev2/);
  });

  it('starts a task that fails in part, and one that fails, as the event and DescribeTaskDetail both say', async () => {
    await addFault('fail-part');
    const part = (await stack.client.ProcessMedia({ FileId: fileId, MediaProcessTask })).TaskId ?? '';
    await addFault('fail-task');
    const whole = (await stack.client.ProcessMedia({ FileId: fileId, MediaProcessTask })).TaskId ?? '';
    const results = async (taskId: string): Promise<unknown> => {
      const { ProcedureTask } = await eventually(`${taskId} has finished`, async () => {
        const detail = await stack.client.DescribeTaskDetail({ TaskId: taskId });
        return detail.Status === 'FINISH' && detail;
      });
      return ProcedureTask?.MediaProcessResultSet?.map(({ TranscodeTask }) => TranscodeTask?.Status);
    };
    expect(await results(part)).toEqual(['SUCCESS', 'FAIL']);
    expect(await results(whole)).toEqual(['FAIL', 'FAIL']);
    const told = await eventually('both are told', async () => {
      const events = await listConsole(stack.url, `/events?fileId=${fileId}&type=ProcedureStateChanged`);
      const views = events as unknown as EventView[];
      const injected = views.flatMap(({ attempts }) => attempts.flatMap((one) => one.injected));
      return injected.length >= 2 && injected;
    });
    expect(told.toSorted()).toEqual(['fail-part', 'fail-task']);
  });
});

it('the time of a server without a virtual clock does not move', async () => {
  const { status, answer } = await postConsole(stack.url, '/clock/advance', { ms: 1000 });
  expect(status).toBe(400);
  expect(answer['message']).toContain('--virtual-clock');
});

describe('the faults', () => {
  it('are added, counted, listed and removed by vodstack faults', async () => {
    const env = {
      SECRET_ID: undefined,
      SECRET_KEY: undefined,
      VODSTACK_ENDPOINT: stack.url,
      VODSTACK_DATA: stack.dataFolder,
    };
    const add = ['faults', 'add', 'duplicate', '--count', '2', '--type', 'NewFileUpload', '--json'];
    const fault = JSON.parse((await runProgram(add, { env })).stdout) as { faultId: number };
    expect(fault).toMatchObject({ kind: 'duplicate', remaining: 2, applied: 0, probability: 1 });
    await settled(await tell());
    const { stdout } = await runProgram(['faults', 'list'], { env });
    expect(stdout).toContain('duplicate  always  1 times more  NewFileUpload  applied 1 times');
    expect((await postConsole(stack.url, `/faults/${fault.faultId}/remove`)).status).toBe(200);
    expect(await listConsole(stack.url, '/faults')).toEqual([]);
  });

  it.each([
    ['an unknown kind', { kind: 'fire' }, 'one of delay, reorder'],
    ['a probability above one', { kind: 'drop', probability: 2 }, 'probability'],
    ['a count of nothing', { kind: 'drop', count: 0 }, 'count'],
    ['an unknown event', { kind: 'drop', eventType: 'No' }, 'no event type "No"'],
    ['an endless wait', { kind: 'delay', delayMs: 10 ** 9 }, 'delayMs'],
    ['an unknown member', { kind: 'drop', x: 1 }, 'x'],
  ])('refuse %s', async (_what, body, text) => {
    const { status, answer } = await postConsole(stack.url, '/faults', body);
    expect(status).toBe(400);
    expect(answer['message']).toContain(text);
  });
});
