import { readFile, writeFile } from 'node:fs/promises';
import { createDurableReceiver, createVodClient, recordOutputs, transcode } from '@vodstack/receiver';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { makeClip } from '../support/make-clip.ts';
import { type RunningProgram, runProgram, spawnProgram } from '../support/program.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

const PATH_SECRET = 'a-secret-for-the-path';
const TOKEN = 'a-token-for-the-outputs';
const DEFINITIONS = [100010, 100020];

let folder: WorkFolder;
let stack: Stack;
let clip: string;
let receiver: RunningProgram;
let address: string;

beforeAll(async () => {
  folder = await createWorkFolder();
  stack = await startQuietStack();
  clip = await makeClip(folder.join('clip.mp4'));
  await writeFile(folder.join('hook.mjs'), HOOK);
  await writeFile(folder.join('config.json'), JSON.stringify(toConfig()));
  await start();
});

afterAll(async () => {
  await receiver?.end('SIGTERM');
  await stack?.stop();
  await folder?.remove();
});

/** Appends what it is told, and fails the first time. */
const HOOK = `
  import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
  import { text } from 'node:stream/consumers';
  const folder = process.argv[2];
  const output = await text(process.stdin);
  if (!existsSync(folder + '/failed')) {
    writeFileSync(folder + '/failed', '');
    console.error('not today');
    process.exit(3);
  }
  appendFileSync(folder + '/told', output + '\\n');`;

function toConfig(): object {
  return {
    secret_id: stack.server.credentials.secretId,
    secret_key: stack.server.credentials.secretKey,
    region: 'ap-guangzhou',
    definitions: DEFINITIONS,
    subappid: 0,
    endpoint: new URL(stack.url).host,
    protocol: 'http',
    sign_key: ['newKey', 'oldKey'],
    path_secret: PATH_SECRET,
    confirm: 'always',
    pull: true,
    reconcile_minutes: 0,
    outputs_token: TOKEN,
    port: 0,
    data: folder.join('receiver'),
    on_output: { command: [process.execPath, folder.join('hook.mjs'), folder.join('.')] },
  };
}

async function start(): Promise<void> {
  receiver = spawnProgram(['receive', '--config', folder.join('config.json')]);
  address = await eventually('the receiver’s address', () => {
    if (receiver.process.exitCode !== null) throw new Error(receiver.output());
    return /Callback +(http:\/\/[\w.:]+)\//.exec(receiver.stdout())?.[1];
  });
}

interface Output {
  readonly file_id: string;
  readonly definition: number;
  readonly url: string;
}

async function fetchOutputs(fileId: string): Promise<readonly Output[]> {
  const response = await fetch(`${address}/outputs?file=${fileId}`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  return ((await response.json()) as { outputs: Output[] }).outputs;
}

function untilIdle(): Promise<object> {
  return eventually('a healthy receiver with nothing to do', async () => {
    const response = await fetch(`${address}/healthz`);
    const state = (await response.json()) as { pending: number };
    return response.status === 200 && state.pending === 0 && state;
  });
}

async function expectOutputs(fileId: string): Promise<void> {
  const outputs = await eventually('both outputs', async () => {
    const rows = await fetchOutputs(fileId);
    return rows.length === DEFINITIONS.length && rows;
  });
  expect(new Set(outputs.map(({ definition }) => definition))).toEqual(new Set(DEFINITIONS));
  for (const { url } of outputs) expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
}

test('Pushed to: a signed upload is confirmed, transcoded once and its outputs are recorded and told, although the receiver is killed', async () => {
  await stack.client.ModifyEventConfig({
    Mode: 'PUSH',
    NotificationUrl: `${address}/callback/${PATH_SECRET}`,
    UploadMediaCompleteEventSwitch: 'ON',
    SignKey: 'oldKey',
  });
  const { FileId } = await uploadFile(stack, clip);
  await eventually('the transcode', () => receiver.stdout().includes('ProcessMedia FileId'));
  await untilIdle();
  receiver.process.kill('SIGKILL');
  await receiver.exited;
  await start();
  await stack.client.ModifyEventConfig({
    NotificationUrl: `${address}/callback/${PATH_SECRET}`,
    SignKey: 'newKey',
  });
  // The event of the finished task may have gone to the address before.
  const { TaskSet = [] } = await stack.client.DescribeTasks({ FileId });
  expect(TaskSet).toHaveLength(1);
  await eventually('the end of the task', async () => {
    const { Status } = await stack.client.DescribeTaskDetail({ TaskId: TaskSet[0]?.TaskId ?? '' });
    return Status === 'FINISH';
  });
  await runProgram(['replay', '--file', FileId], {
    env: { VODSTACK_ENDPOINT: stack.url, VODSTACK_DATA: stack.dataFolder },
  });
  await expectOutputs(FileId);
  expect((await stack.client.DescribeTasks({ FileId })).TaskSet).toHaveLength(1);
  const told = await eventually('both told', async () => {
    const text = await readFile(folder.join('told'), 'utf8').catch(() => '');
    return text.split('\n').length === 3 && text;
  });
  expect(
    told
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { fileId: string }).fileId),
  ).toEqual([FileId, FileId]);
  expect(receiver.stdout()).toContain('not today');
});

test('Pulling: an upload is taken from the queue, confirmed and transcoded', async () => {
  await stack.client.ModifyEventConfig({ Mode: 'PULL', UploadMediaCompleteEventSwitch: 'ON' });
  const { FileId } = await uploadFile(stack, clip);
  await expectOutputs(FileId);
  await eventually('the last confirmation', async () => {
    const { CountOfEventsToPull } = await stack.client.DescribeEventsState({});
    return CountOfEventsToPull === 0;
  });
});

test('What is not for it is refused with the reason in the log', async () => {
  const post = async (path: string, body: string): Promise<number> =>
    (await fetch(`${address}${path}`, { method: 'POST', body })).status;
  expect(await post('/callback', '{}')).toBe(404);
  expect(await post(`/callback/${PATH_SECRET}`, '{"EventType":"NewFileUpload","FileUploadEvent":{}}')).toBe(
    400,
  );
  expect(await post(`/callback/${PATH_SECRET}`, '')).toBe(400);
  expect((await fetch(`${address}/outputs`)).status).toBe(401);
  expect((await fetch(`${address}/nothing`)).status).toBe(404);
  expect((await fetch(`${address}/outputs`, { method: 'DELETE' })).status).toBe(405);
  for (const reason of [
    'expected the path to end in the secret',
    'expected the members Sign and T',
    'an empty body',
  ])
    expect(receiver.stdout()).toContain(reason);
  expect(receiver.output()).not.toContain(PATH_SECRET);
});

test('The health tells what waits; outputs and inbox read the same database while the receiver runs', async () => {
  expect(await untilIdle()).toMatchObject({ dead: 0, pull: { error: null } });
  const config = ['--config', folder.join('config.json')];
  const outputs = await runProgram(['outputs', '--json', ...config]);
  expect(outputs).toMatchObject({ exitCode: 0, stderr: '' });
  const lines = outputs.stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(4);
  expect(new Set(lines.map((line) => (JSON.parse(line) as Output).definition))).toEqual(new Set(DEFINITIONS));
  expect(await runProgram(['inbox', ...config])).toMatchObject({ stdout: '0 waiting, 0 dead, 0 made up\n' });
});

test('Every problem of the configuration is named at once, and no secret', async () => {
  const bad = {
    secret_id: '',
    secret_key: 'hidden-value',
    definitions: 'x',
    port: 'x',
    confirm: 'maybe',
    on_output: {},
  };
  await writeFile(folder.join('bad.json'), JSON.stringify(bad));
  const { exitCode, stderr } = await runProgram(['receive', '--config', folder.join('bad.json')]);
  expect(exitCode).toBe(1);
  for (const name of ['secret_id', 'definitions', 'port', 'confirm', 'on_output'])
    expect(stderr).toContain(`  ${name}: `);
  expect(stderr).not.toContain('hidden-value');
});

const wholeSeconds = (): number => Math.floor(Date.now() / 1000);

test('What never came is found: an upload is made up and transcoded, then the end of its task', async () => {
  await stack.client.ModifyEventConfig({ Mode: 'PUSH', NotificationUrl: '' });
  const { secretId, secretKey } = stack.server.credentials;
  const client = createVodClient({
    secretId,
    secretKey,
    endpoint: new URL(stack.url).host,
    protocol: 'http://',
  });
  const { pool } = await stack.openDatabase();
  const recorded: string[] = [];
  const store = {
    record: async (outputs: readonly { url: string }[]) =>
      void recorded.push(...outputs.map(({ url }) => url)),
  };
  const reconciled = createDurableReceiver({
    database: pool,
    on: {
      NewFileUpload: transcode({ definitions: [100010], client }),
      ProcedureStateChanged: recordOutputs(store),
    },
    log: () => undefined,
    reconcile: { client, everyMs: 0, graceMs: -1000 },
  });
  await uploadFile(stack, clip);
  // Times of media are whole seconds.
  const uploadedSec = wholeSeconds();
  await eventually('the next second', () => wholeSeconds() > uploadedSec);
  await reconciled.start();
  try {
    const { FileId } = await uploadFile(stack, clip);
    const first = await reconciled.reconcile();
    // What was there before the first start is left alone.
    expect(first.missing).toEqual([{ eventType: 'NewFileUpload', id: FileId }]);
    await eventually('the finished task', async () => {
      const { TaskSet = [] } = await stack.client.DescribeTasks({ FileId, Status: 'FINISH' });
      return TaskSet.length === 1;
    });
    expect((await reconciled.reconcile()).missing).toMatchObject([{ eventType: 'ProcedureStateChanged' }]);
    await eventually('the record', () => recorded.length === 1);
    expect((await reconciled.reconcile()).missing).toEqual([]);
    expect(await reconciled.readState()).toMatchObject({ pending: 0, dead: 0, reconciled: 2 });
  } finally {
    await reconciled.stop();
  }
});
