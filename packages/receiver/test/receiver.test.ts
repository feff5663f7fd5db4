import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { BadNotificationError, createReceiver, MAX_BODY_BYTES, type ReceiverOptions } from '../src/index.ts';
import { FILE_ID, newFileUpload, newFileUploadWithNulls, procedureStateChanged } from './support/samples.ts';

interface Setup {
  readonly receiver: ReturnType<typeof createReceiver>;
  readonly lines: string[];
  readonly payloads: unknown[];
}

function setUp(options: Partial<ReceiverOptions> = {}): Setup {
  const lines: string[] = [];
  const payloads: unknown[] = [];
  const on = { NewFileUpload: (payload: unknown) => void payloads.push(payload) };
  return { receiver: createReceiver({ on, log: (line) => lines.push(line), ...options }), lines, payloads };
}

test('A notification as the docs print it reaches its handler and is answered 200 with an empty body', async () => {
  const { receiver, payloads } = setUp();
  const result = await receiver.handle(JSON.stringify(newFileUpload));
  expect(result).toEqual({ status: 200, body: '', eventType: 'NewFileUpload' });
  expect(payloads).toEqual([newFileUpload.FileUploadEvent]);
});

test('A notification with explicit nulls reaches its handler as if they were absent', async () => {
  const { receiver, payloads } = setUp();
  expect(await receiver.handle(Buffer.from(JSON.stringify(newFileUploadWithNulls)))).toMatchObject({
    status: 200,
  });
  expect(payloads).toEqual([newFileUpload.FileUploadEvent]);
});

test('A byte order mark before the JSON does no harm', async () => {
  const { receiver } = setUp();
  const text = `\uFEFF${JSON.stringify(newFileUpload)}`;
  expect(await receiver.handle(text)).toMatchObject({ status: 200 });
  expect(await receiver.handle(Buffer.from(text))).toMatchObject({ status: 200 });
});

const refused: [string, string | Uint8Array | null | undefined, string][] = [
  ['a missing body', undefined, 'empty body'],
  ['a null body', null, 'empty body'],
  ['an empty body', '', 'empty body'],
  ['an empty byte body', new Uint8Array(), 'empty body'],
  ['blanks only', ' \n', 'empty body'],
  ['text that is not JSON', 'hello', 'not JSON: hello'],
  ['cut JSON', '{"EventType":"NewFileUpload"', 'not JSON'],
  ['bytes that are not UTF-8', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), 'UTF-8'],
  ['a JSON array', '[]', 'an array'],
  ['a JSON null', 'null', 'none'],
  ['a JSON string', '"NewFileUpload"', 'the string "NewFileUpload"'],
  ['no EventType', '{}', 'EventType'],
  ['a null EventType', '{"EventType":null}', 'EventType'],
  ['an EventType that is no string', '{"EventType":7}', 'the number 7'],
  ['an empty EventType', '{"EventType":""}', 'EventType'],
  ['the 2.0 format', '{"version":"4.0","eventType":"NewFileUpload","data":{}}', '3.0 callback URL'],
  ['a missing member', '{"EventType":"NewFileUpload"}', 'FileUploadEvent, got none'],
  ['a null member', '{"EventType":"NewFileUpload","FileUploadEvent":null}', 'FileUploadEvent, got none'],
  ['a member that is no object', '{"EventType":"NewFileUpload","FileUploadEvent":[]}', 'an array'],
  [
    'the member of another type',
    '{"EventType":"NewFileUpload","ProcedureStateChangeEvent":{}}',
    'FileUploadEvent, got none',
  ],
  [
    'a member spelt like its type',
    '{"EventType":"ProcedureStateChanged","ProcedureStateChangedEvent":{}}',
    'ProcedureStateChangeEvent, got none',
  ],
  ['JSON nested without end', `${'['.repeat(5000)}${']'.repeat(5000)}`, 'nested deeper'],
  ['more than 1 MiB', ' '.repeat(MAX_BODY_BYTES + 1), 'at most 1048576 bytes'],
  ['more than 1 MiB in two-byte characters', 'ä'.repeat(MAX_BODY_BYTES / 2 + 1), 'at most 1048576 bytes'],
];

test.each(refused)('%s is answered 400 and one log line says why', async (_title, body, reason) => {
  const { receiver, lines, payloads } = setUp();
  const result = await receiver.handle(body);
  expect(result).toMatchObject({ status: 400, body: 'Bad Request' });
  expect(result.reason).toContain(reason);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^Notification refused \(400\): expected .+, got .+/);
  expect(payloads).toEqual([]);
});

test('What a stranger sends can neither break a log line nor flood it', async () => {
  const { receiver, lines } = setUp();
  await receiver.handle(`fake\r\n\u2028line\u001B[31m ${'x'.repeat(5000)}`);
  await receiver.handle(JSON.stringify({ EventType: `New\nFile${'y'.repeat(5000)}` }));
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(line).not.toMatch(/[\p{Cc}\u2028]/u);
    expect(line.length).toBeLessThan(400);
    expect(line).not.toMatch(/[xy]{200}/);
  }
});

test.each(['SomethingNew', 'toString', '__proto__', 'constructor'])(
  'The unknown type %s is acknowledged and logged',
  async (type) => {
    const { receiver, lines } = setUp();
    expect(await receiver.handle(JSON.stringify({ EventType: type }))).toMatchObject({
      status: 200,
      body: '',
    });
    expect(lines).toEqual([`Notification acknowledged, type unknown to this version EventType=${type}`]);
  },
);

test('The older name of a member is understood', async () => {
  const payloads: unknown[] = [];
  const { receiver } = setUp({
    on: { WechatMiniProgramPublishComplete: (payload) => void payloads.push(payload) },
  });
  const message = {
    EventType: 'WechatMiniProgramPublishComplete',
    WechatMiniProgramPublishEvent: { TaskId: 't' },
  };
  expect(await receiver.handle(JSON.stringify(message))).toMatchObject({ status: 200 });
  expect(payloads).toEqual([{ TaskId: 't' }]);
});

test('A known type without a handler is acknowledged and logged', async () => {
  const { receiver, lines } = setUp();
  expect(await receiver.handle(JSON.stringify(procedureStateChanged([])))).toMatchObject({
    status: 200,
    body: '',
  });
  expect(lines).toEqual(['Notification acknowledged, no handler for it EventType=ProcedureStateChanged']);
});

test('A handler that fails makes the answer 500, so that a sender that retries comes again', async () => {
  const { receiver, lines } = setUp({
    on: { NewFileUpload: () => Promise.reject(new Error('disk is\nfull')) },
  });
  const result = await receiver.handle(JSON.stringify(newFileUpload));
  expect(result).toEqual({ status: 500, body: 'Internal Error', reason: 'disk is\nfull' });
  expect(lines).toEqual([expect.stringMatching(/^Notification not handled \(500\).*: disk is full$/)]);
});

test('A handler can refuse a notification as not understood', async () => {
  const { receiver } = setUp({
    on: {
      NewFileUpload: () => {
        throw new BadNotificationError('expected a FileId, got none');
      },
    },
  });
  expect(await receiver.handle(JSON.stringify(newFileUpload))).toMatchObject({
    status: 400,
    body: 'Bad Request',
  });
});

const NOW_SEC = 1_700_000_000;

function signed(key: string, expiresSec: number | string = NOW_SEC + 600): object {
  const sign = createHash('md5').update(`${key}${expiresSec}`).digest('hex');
  return { ...newFileUpload, Sign: sign, T: expiresSec };
}

test.each<[string, object, number, string]>([
  ['A signature with the right key is taken', signed('k1'), 200, ''],
  ['A signature with another key of the list is taken', signed('k2'), 200, ''],
  [
    'An upper-case signature is taken',
    {
      ...signed('k1'),
      Sign: createHash('md5')
        .update(`k1${NOW_SEC + 600}`)
        .digest('hex')
        .toUpperCase(),
    },
    200,
    '',
  ],
  ['T as a string is taken', signed('k1', String(NOW_SEC + 600)), 200, ''],
  ['T in this very second is taken', signed('k1', NOW_SEC), 200, ''],
  ['A wrong key is refused', signed('k3'), 400, 'expected Sign to be MD5(SignKey + T)'],
  ['A signature that is no hex is refused', { ...signed('k1'), Sign: 'zz' }, 400, 'expected Sign to be'],
  ['A missing signature is refused', newFileUpload, 400, 'expected the members Sign and T'],
  ['A null T is refused', { ...signed('k1'), T: null }, 400, 'expected the members Sign and T'],
  ['A T that was changed is refused', { ...signed('k1'), T: NOW_SEC + 900 }, 400, 'expected Sign to be'],
  ['An expired T is refused', signed('k1', NOW_SEC - 1), 400, 'T in the future'],
  ['A T that is no number is refused', signed('k1', 'soon'), 400, 'expected the members Sign and T'],
])('%s', async (_title, message, status, reason) => {
  const { receiver } = setUp({ signKey: ['k1', 'k2'], now: () => NOW_SEC * 1000 });
  const result = await receiver.handle(JSON.stringify(message));
  expect(result.status).toBe(status);
  expect(result.reason ?? '').toContain(reason);
});

test('An empty sign key is refused at once, because anybody could sign with it', () => {
  expect(() => setUp({ signKey: '' })).toThrow('signKey: expected a non-empty string');
});

test('A FileId that comes as a bare number reaches the handler with all its digits', async () => {
  const { receiver, payloads } = setUp();
  await receiver.handle(JSON.stringify(newFileUpload).replace(`"${FILE_ID}"`, FILE_ID));
  expect(payloads).toEqual([newFileUpload.FileUploadEvent]);
});
