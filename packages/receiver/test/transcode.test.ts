import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createReceiver,
  transcode,
  transcodeSessionId,
  type ReceiveResult,
  type TranscodeRule,
} from '../src/index.ts';
import { SECRET_ID, SECRET_KEY, startCloudServer, type CloudServer } from './support/cloud-server.ts';
import { FILE_ID, newFileUpload } from './support/samples.ts';

let cloud: CloudServer;
let lines: string[];

beforeEach(async () => {
  cloud = await startCloudServer();
  lines = [];
});
afterEach(() => cloud.close());

function notify(
  message: object = newFileUpload,
  rule: Partial<TranscodeRule> = {},
  remainingMs?: number,
): Promise<ReceiveResult> {
  const NewFileUpload = transcode({
    definitions: [100010, 100020],
    secretId: SECRET_ID,
    secretKey: SECRET_KEY,
    endpoint: cloud.endpoint,
    protocol: 'http://',
    backoffMs: [1, 1, 1],
    ...rule,
  });
  const receiver = createReceiver({ on: { NewFileUpload }, log: (line) => lines.push(line) });
  return receiver.handle(JSON.stringify(message), remainingMs === undefined ? {} : { remainingMs });
}

test('An upload starts one task per definition through the official SDK, and the log shows the response', async () => {
  expect(await notify(newFileUpload, { subAppId: 1500000001 })).toMatchObject({ status: 200, body: '' });
  const sessionId = transcodeSessionId(FILE_ID, [100010, 100020], '1');
  expect(cloud.calls).toHaveLength(1);
  expect(cloud.calls[0]).toMatchObject({
    action: 'ProcessMedia',
    isSignatureValid: true,
    region: 'ap-guangzhou',
    sdk: expect.stringMatching(/^SDK_NODEJS_4/),
    request: {
      FileId: FILE_ID,
      SubAppId: 1500000001,
      SessionId: sessionId,
      MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100020 }] },
    },
  });
  expect(lines).toEqual([
    `NewFileUpload FileId=${FILE_ID} Name=holiday`,
    expect.stringMatching(
      new RegExp(`^ProcessMedia FileId=${FILE_ID} SessionId=${sessionId} response \\{"TaskId":"1250000000-`),
    ),
  ]);
});

test('Without a sub-application none is sent', async () => {
  await notify();
  expect(cloud.calls[0]?.request).not.toHaveProperty('SubAppId');
});

test('A FileId is a string on the wire even when the notification carries it as a bare number', async () => {
  const receiver = createReceiver({
    on: {
      NewFileUpload: transcode({
        definitions: [100010],
        secretId: SECRET_ID,
        secretKey: SECRET_KEY,
        endpoint: cloud.endpoint,
        protocol: 'http://',
      }),
    },
    log: (line) => lines.push(line),
  });
  await receiver.handle(JSON.stringify(newFileUpload).replace(`"${FILE_ID}"`, FILE_ID));
  expect(cloud.calls[0]?.body).toContain(`"FileId":"${FILE_ID}"`);
});

test('A notification that comes twice starts one transcode, and the second is logged as already started', async () => {
  const results = [await notify(), await notify()];
  expect(results.map((result) => result.status)).toEqual([200, 200]);
  expect(cloud.calls).toHaveLength(2);
  expect(cloud.tasks.size).toBe(1);
  expect(lines.at(-1)).toContain(
    'already started by an earlier notification (InvalidParameterValue.SessionId)',
  );
});

test('Notifications that come at the same time start one transcode', async () => {
  const results = await Promise.all([notify(), notify(), notify(), notify()]);
  expect(results.map((result) => result.status)).toEqual([200, 200, 200, 200]);
  expect(cloud.tasks.size).toBe(1);
});

test('A task that the API calls duplicate counts as already started', async () => {
  cloud.fail({ code: 'FailedOperation.TaskDuplicate', message: 'duplicate' });
  expect(await notify()).toMatchObject({ status: 200 });
  expect(lines.at(-1)).toContain('already started');
});

test('An API error is logged with code, message and request id, and answered 500', async () => {
  cloud.fail({ code: 'InvalidParameterValue.FileId', message: 'FileId does not exist.' });
  expect(await notify()).toMatchObject({ status: 500, body: 'Internal Error' });
  expect(cloud.calls).toHaveLength(1);
  expect(lines[1]).toMatch(
    /failed Code=InvalidParameterValue\.FileId Message="FileId does not exist\." RequestId=[\da-f-]{36}$/,
  );
});

test('A wrong key ends in a logged AuthFailure and the key is never printed', async () => {
  expect(await notify(newFileUpload, { secretKey: 'another-secret' } as object)).toMatchObject({
    status: 500,
  });
  expect(lines[1]).toContain('Code=AuthFailure.SignatureFailure');
  expect(lines.join('\n')).not.toContain('another-secret');
});

test.each<[string, Parameters<CloudServer['fail']>[0]]>([
  ['a rate limit', { code: 'RequestLimitExceeded', message: 'slow down' }],
  ['a rate limit of the account', { code: 'RequestLimitExceeded.UinLimitExceeded', message: 'slow down' }],
  ['an internal error', { code: 'InternalError', message: 'try again' }],
  ['HTTP 502', { status: 502 }],
  ['HTTP 429', { status: 429 }],
  ['a reset connection', 'reset'],
])('After %s the call is repeated', async (_title, fault) => {
  cloud.fail(fault, fault);
  expect(await notify()).toMatchObject({ status: 200 });
  expect(cloud.calls).toHaveLength(3);
  expect(cloud.tasks.size).toBe(1);
});

test('When the answer to a call that worked is lost, the repetition does not start a second transcode', async () => {
  cloud.fail('reset after work');
  expect(await notify()).toMatchObject({ status: 200 });
  expect(cloud.calls).toHaveLength(2);
  expect(cloud.tasks.size).toBe(1);
  expect(lines.at(-1)).toContain('already started');
});

test('A fault that stays is given up after the last attempt', async () => {
  const fault = { code: 'RequestLimitExceeded', message: 'slow down' };
  cloud.fail(fault, fault, fault, fault, fault);
  expect(await notify()).toMatchObject({ status: 500 });
  expect(cloud.calls).toHaveLength(4);
  expect(lines[1]).toContain('Code=RequestLimitExceeded');
});

test('HTTP 404 is a wrong endpoint and not repeated', async () => {
  cloud.fail({ status: 404 });
  expect(await notify()).toMatchObject({ status: 500 });
  expect(cloud.calls).toHaveLength(1);
});

test('An API that does not answer is left at the deadline', async () => {
  cloud.fail('hang');
  expect(await notify(newFileUpload, { timeoutMs: 200 })).toMatchObject({ status: 500 });
  expect(lines[1]).toContain('no answer within 200 ms; whether the other side acted is unknown');
});

test("The deadline shrinks to the platform's remaining time", async () => {
  cloud.fail('hang');
  expect(await notify(newFileUpload, { timeoutMs: 60_000 }, 450)).toMatchObject({ status: 500 });
  expect(lines[1]).toContain('no answer within 150 ms');
});

test('A wait that would pass the deadline is not begun: the real error is reported at once', async () => {
  cloud.fail({ code: 'InternalError', message: 'try again' });
  expect(await notify(newFileUpload, { timeoutMs: 5000, backoffMs: [3_600_000] })).toMatchObject({
    status: 500,
  });
  expect(cloud.calls).toHaveLength(1);
  expect(lines[1]).toContain('Code=InternalError');
});

test('An upload event without FileId is not understood', async () => {
  expect(await notify({ EventType: 'NewFileUpload', FileUploadEvent: { FileId: '' } })).toMatchObject({
    status: 400,
  });
  expect(cloud.calls).toHaveLength(0);
});

test('The session id depends on the file, the set of definitions and the rule version, not on their order', () => {
  const id = transcodeSessionId(FILE_ID, [100010, 100020], '1');
  expect(id).toMatch(/^[\da-f]{40}$/);
  expect(transcodeSessionId(FILE_ID, [100020, 100010], '1')).toBe(id);
  const others = [
    transcodeSessionId('5285890784273533168', [100010, 100020], '1'),
    transcodeSessionId(FILE_ID, [100010], '1'),
    transcodeSessionId(FILE_ID, [100010, 100020], '2'),
  ];
  expect(new Set([id, ...others]).size).toBe(4);
});

test.each([[[]], [[0]], [[1.5]], [[-1]], [[Number.NaN]]])(
  'The definitions %j are refused when the handler is made',
  (definitions) => {
    expect(() => transcode({ definitions, secretId: 'a', secretKey: 'b' })).toThrow(
      'definitions: expected template numbers',
    );
  },
);

test('A definition named twice makes one task', async () => {
  await notify(newFileUpload, { definitions: [100020, 100020] });
  expect(cloud.calls[0]?.request['MediaProcessTask']).toEqual({ TranscodeTaskSet: [{ Definition: 100020 }] });
});
