import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { functionEntry, parseFunctionConfig } from '../src/index.ts';
import { SECRET_ID, SECRET_KEY, startCloudServer, type CloudServer } from './support/cloud-server.ts';
import { runFunction, type FunctionRun } from './support/function-process.ts';
import { startRecordServer, type RecordServer } from './support/record-server.ts';
import {
  FILE_ID,
  newFileUpload,
  procedureStateChanged,
  transcodeFailure,
  transcodeSuccess,
} from './support/samples.ts';

let folder: string;
let bundle: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'receiver-function-'));
  bundle = join(folder, 'code', 'index.js');
  await build({
    entryPoints: [functionEntry],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node18',
    logLevel: 'error',
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the bundle with config.json in the working directory or beside the code. */
async function run(
  config: object | string | undefined,
  events: readonly unknown[],
  place: 'cwd' | 'code' = 'cwd',
): Promise<FunctionRun> {
  const cwd = await mkdtemp(join(folder, 'cwd-'));
  const path = join(place === 'cwd' ? cwd : join(folder, 'code'), 'config.json');
  if (config !== undefined)
    await writeFile(path, typeof config === 'string' ? config : JSON.stringify(config));
  try {
    return await runFunction(bundle, cwd, events);
  } finally {
    await rm(path, { force: true });
  }
}

const post = (message: unknown): object => ({
  body: JSON.stringify(message),
  headers: {},
  httpMethod: 'POST',
  path: '/',
  queryString: {},
});
const ok = { isBase64Encoded: false, statusCode: 200, headers: { 'Content-Type': 'text/plain' }, body: '' };

test('The bundle is one CommonJS file below 3 MB', async () => {
  expect((await stat(bundle)).size).toBeLessThan(3_000_000);
});

describe('The bundled function in a plain Node process', () => {
  let cloud: CloudServer;
  let recordServer: RecordServer;
  beforeEach(async () => {
    cloud = await startCloudServer();
    recordServer = await startRecordServer();
  });
  afterEach(async () => {
    await cloud.close();
    await recordServer.close();
  });

  const config = (): object => ({
    secret_id: SECRET_ID,
    secret_key: SECRET_KEY,
    region: 'ap-chongqing',
    definitions: [100010, '100020'],
    subappid: '0',
    endpoint: cloud.endpoint,
    protocol: 'http',
    record_url: recordServer.url,
    record_token: 'record-token',
  });

  test('An upload starts the transcode once although it is notified twice, and the log tells it', async () => {
    const { responses, lines } = await run(config(), [post(newFileUpload), post(newFileUpload)]);
    expect(responses).toEqual([ok, ok]);
    expect(cloud.tasks.size).toBe(1);
    expect(cloud.calls[0]).toMatchObject({
      action: 'ProcessMedia',
      isSignatureValid: true,
      region: 'ap-chongqing',
    });
    expect(cloud.calls[0]?.request).toMatchObject({
      FileId: FILE_ID,
      MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100020 }] },
    });
    expect(cloud.calls[0]?.request).not.toHaveProperty('SubAppId');
    expect(lines).toEqual([
      `NewFileUpload FileId=${FILE_ID} Name=holiday`,
      expect.stringMatching(/^ProcessMedia FileId=\d+ SessionId=[\da-f]{40} response \{"TaskId":"/),
      `NewFileUpload FileId=${FILE_ID} Name=holiday`,
      expect.stringContaining('already started'),
    ]);
    expect(lines.join()).not.toContain(SECRET_KEY);
  });

  test('A finished task has its URLs in the log and at the record address', async () => {
    const { responses, lines } = await run(config(), [
      post(procedureStateChanged([transcodeSuccess(100010), transcodeFailure(100020)])),
    ]);
    expect(responses).toEqual([ok]);
    expect(lines[1]).toMatch(
      new RegExp(
        `^Transcode FileId=${FILE_ID} Definition=100010 Status=SUCCESS Url=http.+/v\\.f100010\\.mp4$`,
      ),
    );
    expect(lines[2]).toMatch(/Definition=100020 Status=FAIL ErrCode=60000/);
    expect([...recordServer.urls.keys()]).toEqual([`${FILE_ID} 100010`]);
    expect(recordServer.requests[0]?.headers.authorization).toBe('Bearer record-token');
  });

  test('An empty test POST and an event without a body are answered 400 Bad Request', async () => {
    const { responses, lines } = await run(config(), [{ body: '' }, { body: null }, {}]);
    const refused = { ...ok, statusCode: 400, body: 'Bad Request' };
    expect(responses).toEqual([refused, refused, refused]);
    expect(lines[0]).toContain('got an empty body');
  });

  test('config.json beside the bundle is found when the working directory has none', async () => {
    const { responses } = await run(config(), [post(newFileUpload)], 'code');
    expect(responses).toEqual([ok]);
    expect(cloud.calls).toHaveLength(1);
  });

  test('A sign key in the config makes unsigned notifications be refused', async () => {
    const { responses } = await run({ ...config(), sign_key: 'abc' }, [post(newFileUpload)]);
    expect(responses).toMatchObject([{ statusCode: 400 }]);
    expect(cloud.calls).toHaveLength(0);
  });

  test('Without config.json the answer is 500 and the log says where it was looked for', async () => {
    const { responses, lines } = await run(undefined, [post(newFileUpload)]);
    expect(responses).toMatchObject([{ statusCode: 500, body: 'Internal Error' }]);
    expect(lines[0]).toMatch(/config\.json: expected in .+ or .+, found in neither/);
  });

  test('A config that is no JSON is reported without its content', async () => {
    const { lines } = await run(`{"secret_key":"${SECRET_KEY}" "x"}`, [post(newFileUpload)]);
    expect(lines[0]).toContain('config.json: expected JSON');
    expect(lines.join()).not.toContain(SECRET_KEY);
  });

  test('An API that fails is answered 500 with the reason in the log', async () => {
    cloud.fail({ code: 'InvalidParameterValue.FileId', message: 'FileId does not exist.' });
    const { responses, lines } = await run(config(), [post(newFileUpload)]);
    expect(responses).toMatchObject([{ statusCode: 500, body: 'Internal Error' }]);
    expect(lines[1]).toContain('Code=InvalidParameterValue.FileId');
  });

  test('A config.json that cannot be read is reported', async () => {
    const cwd = await mkdtemp(join(folder, 'cwd-'));
    await mkdir(join(cwd, 'config.json'));
    const { lines } = await runFunction(bundle, cwd, [post(newFileUpload)]);
    expect(lines[0]).toContain("config.json: can't be read (EISDIR)");
  });
});

describe('parseFunctionConfig', () => {
  const minimal = { secret_id: 'id', secret_key: 'key' };

  test('The guide defaults apply to what is left out', () => {
    expect(parseFunctionConfig(minimal)).toEqual({
      connection: { secretId: 'id', secretKey: 'key', region: 'ap-guangzhou' },
      definitions: [100010, 100020],
      subAppId: undefined,
      signKey: undefined,
      recordUrl: undefined,
      recordToken: undefined,
    });
  });

  test.each<[object, object]>([
    [{ subappid: 0 }, { subAppId: undefined }],
    [{ subappid: '0' }, { subAppId: undefined }],
    [{ subappid: null }, { subAppId: undefined }],
    [{ subappid: 1500000001 }, { subAppId: 1500000001 }],
    [{ subappid: '1500000001' }, { subAppId: 1500000001 }],
    [{ definitions: ['100010', 100010, 30] }, { definitions: [100010, 30] }],
    [{ protocol: 'https' }, { connection: { protocol: 'https://' } }],
    [{ protocol: 'http://' }, { connection: { protocol: 'http://' } }],
    [{ endpoint: 'vod.tencentcloudapi.com' }, { connection: { endpoint: 'vod.tencentcloudapi.com' } }],
  ])('%j is read as %j', (fields, expected) => {
    expect(parseFunctionConfig({ ...minimal, ...fields })).toMatchObject(expected);
  });

  test('Every problem is named in one message, and no secret', () => {
    const wrong = {
      secret_id: '',
      secret_key: ['very-secret'],
      region: 7,
      definitions: ['a'],
      subappid: -1,
      endpoint: 'http://127.0.0.1/',
      protocol: 'ftp',
      sign_key: 5,
      record_url: 'nowhere',
      record_token: {},
    };
    const names = Object.keys(wrong);
    const pattern = new RegExp(
      names
        .toSorted()
        .map((name) => `(?=.*${name}: expected)`)
        .join(''),
    );
    expect(() => parseFunctionConfig(wrong)).toThrow(pattern);
    expect(() => parseFunctionConfig(wrong)).not.toThrow(/very-secret/);
  });

  test.each([[null], [[]], ['text'], [{}]])('%j is refused for its missing keys', (value) => {
    expect(() => parseFunctionConfig(value)).toThrow(/secret_id: expected.*secret_key: expected/);
  });
});
