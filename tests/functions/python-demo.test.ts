import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { createFunction, createFunctionClient, type FunctionClient } from '../support/functions.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

// A function as the public demo of event notifications is made: Python, config.json beside it, the SDK from the runtime.

const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url));
const RUNTIME = { Runtime: 'Python3.6', Handler: 'index.main_handler', Timeout: 5 } as const;

let stack: Stack;
let client: FunctionClient;
let clip: Clip;
let code: Record<string, string>;

beforeAll(async () => {
  const pythonLayer = `${FIXTURES}/python-layer`;
  [stack, clip] = await Promise.all([startQuietStack({ pythonLayer }), createClip()]);
  client = createFunctionClient(stack);
  const { secretId, secretKey } = stack.server.credentials;
  const config = {
    secret_id: secretId,
    secret_key: secretKey,
    region: 'ap-guangzhou',
    definitions: [424242],
  };
  code = {
    'index.py': await readFile(`${FIXTURES}/callback/index.py`, 'utf8'),
    'config.json': JSON.stringify(config),
  };
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

const invoke = async (FunctionName: string, event: object) => {
  const { Result } = await client.Invoke({
    FunctionName,
    ClientContext: JSON.stringify(event),
    LogType: 'Tail',
  });
  return { answer: JSON.parse(Result?.RetMsg ?? ''), log: Result?.Log ?? '' };
};

test('the demo’s function starts a task on the local stack, at the SDK’s own endpoint', async () => {
  await createFunction(client, { ...RUNTIME, FunctionName: 'demo', code });
  expect((await invoke('demo', { body: '' })).answer).toMatchObject({ statusCode: 400, body: 'Bad Request' });
  const { FileId } = await uploadFile(stack, clip.path);
  const notice = { EventType: 'NewFileUpload', FileUploadEvent: { FileId } };
  const { answer, log } = await invoke('demo', { body: JSON.stringify(notice) });
  expect(answer).toEqual({
    isBase64Encoded: false,
    statusCode: 200,
    headers: { 'Content-Type': 'text/plain' },
    body: null,
  });
  const taskId = /started (\S+)/.exec(log)?.[1] ?? '';
  expect(await stack.client.DescribeTaskDetail({ TaskId: taskId })).toMatchObject({ TaskType: 'Procedure' });
});

const WHERE =
  'import os\ndef main_handler(event, context):\n  return [os.environ.get("VODSTACK_REDIRECT_ADDRESS"), os.environ.get("TENCENTCLOUD_SECRETKEY")]';

test('a variable of the function turns that off, and the account’s key needs a role', async () => {
  const Environment = { Variables: [{ Key: 'VODSTACK_REDIRECT', Value: 'off' }] };
  await createFunction(client, { ...RUNTIME, FunctionName: 'led', code: { 'index.py': WHERE } });
  await createFunction(client, {
    ...RUNTIME,
    FunctionName: 'left',
    code: { 'index.py': WHERE },
    Environment,
  });
  expect((await invoke('led', {})).answer).toEqual(['127.0.0.1', null]);
  expect((await invoke('left', {})).answer).toEqual([null, null]);
  await client.UpdateFunctionConfiguration({ FunctionName: 'led', Role: 'SCF_ExecuteRole' });
  expect((await invoke('led', {})).answer).toEqual(['127.0.0.1', stack.server.credentials.secretKey]);
});
