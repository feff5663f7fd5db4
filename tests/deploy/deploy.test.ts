import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { makeClip } from '../support/make-clip.ts';
import { type ProgramResult, runProgram, spawnProgram } from '../support/program.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

let stack: Stack;
let work: WorkFolder;
let count = 0;
let folder: string;

beforeAll(async () => {
  work = await createWorkFolder();
  stack = await startQuietStack();
});
afterAll(async () => {
  await stack?.stop();
  await work?.remove();
});
beforeEach(async () => {
  count += 1;
  folder = work.join(`f${count}`);
  await mkdir(folder);
});

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(`${folder}/${path}`), { recursive: true });
    await writeFile(`${folder}/${path}`, text);
  }
}

const place = () => ({
  VODSTACK_ENDPOINT: stack.url,
  VODSTACK_DATA: stack.dataFolder,
  SECRET_ID: undefined,
  SECRET_KEY: undefined,
});

/** In the folder of the test, as a user runs it. */
async function vodstack(
  args: readonly string[],
  env: Record<string, string | undefined> = {},
): Promise<ProgramResult> {
  return await runProgram(args, { cwd: folder, env: { ...place(), ...env } });
}

function addressIn({ stdout }: ProgramResult): string {
  return /\]Service address: (?<address>http\S+)$/mu.exec(stdout)?.groups?.['address'] ?? '';
}

const post = async (url: string, body: string): Promise<{ status: number; body: string }> => {
  const response = await fetch(url, { method: 'POST', body });
  return { status: response.status, body: await response.text() };
};

const YAML = (name: string, rest = ''): string =>
  `component: scf\nname: ${name}\ninputs:\n  name: ${name}\n  src: ./\n  handler: index.main_handler\n  timeout: 5\n${rest}`;

const APIGW = (path: string, service = 'serverless'): string =>
  `  events:\n    - apigw:\n        parameters:\n          serviceName: ${service}\n          environment: release\n          endpoints:\n            - path: ${path}\n              method: POST\n              enableCORS: true\n              function: {isIntegratedResponse: true, functionQualifier: $DEFAULT}\n`;

const code = (word: string): string =>
  `exports.main_handler = async () => ({ statusCode: 200, body: '${word}' });`;

const ECHO_TS = `
import { greet } from './greet.ts';
interface Event { body: string }
export const main_handler = async ({ body }: Event) =>
  ({ isBase64Encoded: false, statusCode: 200, headers: { 'Content-Type': 'text/plain' }, body: greet(body) });
`;

describe('vodstack deploy', () => {
  it('deploys a function in TypeScript and prints the lines of the guide', async () => {
    await write({
      'serverless.yml': YAML('typed', `  runtime: Nodejs18.15\n${APIGW('/typed')}`),
      'index.ts': ECHO_TS,
      'greet.ts': 'export const greet = (name: string): string => `hello ${name}`;\n',
    });
    const result = await vodstack(['deploy']);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    const lines = result.stdout.trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\]\S/u);
    expect(lines.map((line) => line.slice(line.indexOf(']') + 1))).toEqual([
      'Start checking npm.',
      'npm is successfully installed.',
      'Start deploying the function typed.',
      'The function typed is deployed.',
      expect.stringMatching(
        /^Service address: http:\/\/127\.0\.0\.1:\d+\/service-[a-z0-9]{8}\/release\/typed$/u,
      ),
    ]);
    expect(await post(addressIn(result), 'you')).toEqual({ status: 200, body: 'hello you' });
  });

  it("deploys the demo's form of file, in Python, and keeps the address at the next time", async () => {
    await write({
      'serverless.yaml': YAML('py', `  runtime: Python3.6\n  memorySize: 128\n${APIGW('/')}`),
      'config.json': '{"word": "first"}',
      'index.py':
        'import json\n\ndef main_handler(event, context):\n    config = json.load(open("config.json"))\n    if not event.get("body"):\n        return {"isBase64Encoded": False, "statusCode": 400, "headers": {}, "body": "Bad Request"}\n    return {"isBase64Encoded": False, "statusCode": 200, "headers": {}, "body": config["word"]}\n',
    });
    const first = addressIn(await vodstack(['deploy', '--no-checks']));
    expect(first).toMatch(/\/release\/$/u);
    expect(await post(first, '')).toEqual({ status: 400, body: 'Bad Request' });
    expect(await post(first, '{}')).toEqual({ status: 200, body: 'first' });
    await write({ 'config.json': '{"word": "second"}' });
    expect(addressIn(await vodstack(['deploy', '--no-checks']))).toBe(first);
    expect(await post(first, '{}')).toEqual({ status: 200, body: 'second' });
  });

  it('takes a folder without a file by its flags, with a function URL', async () => {
    await write({ 'index.js': 'exports.main_handler = async () => ({ word: process.env.WORD });' });
    const flags = ['--name', 'flags', '--trigger', 'http', '--env', 'WORD=hi', '--no-checks'];
    const address = addressIn(await vodstack(['deploy', folder, ...flags]));
    expect(address).toMatch(/\/url-[a-z0-9]{10}$/u);
    expect(await post(address, '')).toEqual({ status: 200, body: '{"word":"hi"}' });
  });

  it('goes to the cloud the same way, with a function URL for a gateway trigger', async () => {
    await write({
      'serverless.yml': YAML('clouded', `  runtime: Nodejs18.15\n${APIGW('/clouded')}`),
      'index.js': "exports.main_handler = async () => ({ statusCode: 200, body: 'from afar' });",
      '.env': `TENCENT_SECRET_ID=${stack.server.credentials.secretId}\nTENCENT_SECRET_KEY=${stack.server.credentials.secretKey}\n`,
    });
    const flags = ['--target', 'tencent', '--endpoint', stack.url, '--no-checks'];
    const result = await vodstack(['deploy', ...flags], { VODSTACK_DATA: '/nowhere' });
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(result.stdout).toContain('Warning: The cloud makes no API Gateway triggers any more');
    expect(result.stdout).not.toContain(stack.server.credentials.secretKey);
    expect(await post(addressIn(result), '')).toEqual({ status: 200, body: 'from afar' });
  });

  it('says in plain words that a return value is no response', async () => {
    await write({
      'serverless.yml': YAML('plain', `  runtime: Nodejs18.15\n${APIGW('/plain')}`),
      'index.js': "exports.main_handler = async () => 'text';",
    });
    const { stdout, exitCode } = await vodstack(['deploy', '--no-checks']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('return value is no integrated response');
  });

  it('refuses what cannot be deployed with file and line', async () => {
    await write({ 'serverless.yml': YAML('x', '  runtime: Nodejs18.15\n'), 'index.ts': 'const = ;' });
    const { exitCode, stderr } = await vodstack(['deploy', '--no-checks']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('index.ts:1:6');
    expect(stderr).not.toContain('    at ');
  });
});

describe('vodstack info', () => {
  it('has the address where the installer of the guide looks for it', async () => {
    await write({
      'serverless.yml': YAML('shown', `  runtime: Nodejs18.15\n${APIGW('/shown')}`),
      'index.js': "exports.main_handler = async () => ({ statusCode: 200, body: 'x' });",
    });
    const address = addressIn(await vodstack(['deploy', '--no-checks']));
    const { stdout } = await vodstack(['info']);
    const lines = stdout.split('\n');
    const below = lines[lines.findIndex((line) => line.includes('urls')) + 1] ?? '';
    expect(below.trim().split(/\s+/u)[2]).toBe(address);
    expect(stdout).toContain('status:       Active');
  });
});

describe('the callback', () => {
  it('is set after a warning, reaches the function, and is put back by undeploy', async () => {
    const former = 'http://127.0.0.1:9/mine';
    await stack.client.ModifyEventConfig({
      Mode: 'PUSH',
      NotificationUrl: former,
      UploadMediaCompleteEventSwitch: 'OFF',
    });
    await write({
      'serverless.yml': YAML('hook', `  runtime: Nodejs18.15\n${APIGW('/hook', 'hooks')}`),
      'index.js':
        "exports.main_handler = async ({ body }) => { console.log('got', body); return { statusCode: 200, body: '' }; };",
    });
    const result = await vodstack(['deploy', '--configure-callback', '--no-checks']);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(result.stdout).toContain(`Warning: the callback URL was ${former}.`);
    expect(await stack.client.DescribeEventConfig({})).toMatchObject({
      Mode: 'PUSH',
      NotificationUrl: addressIn(result),
      UploadMediaCompleteEventSwitch: 'ON',
    });
    const again = await vodstack(['deploy', '--configure-callback', '--no-checks']);
    expect(again.stdout).not.toContain('Warning');
    const { FileId } = await uploadFile(stack, await makeClip(work.join('hook.mp4')));
    await eventually('the function is called', async () => {
      const { stdout } = await vodstack(['logs', 'hook']);
      return stdout.includes('NewFileUpload') && stdout.includes(FileId);
    });
    const undone = await vodstack(['undeploy']);
    expect(undone.stdout).toContain(`The callback URL is ${former} again.`);
    expect(undone.stdout).toContain('The function hook is deleted.');
    expect(await stack.client.DescribeEventConfig({})).toMatchObject({
      NotificationUrl: former,
      UploadMediaCompleteEventSwitch: 'OFF',
    });
    const { exitCode, stderr } = await vodstack(['info']);
    expect([exitCode, stderr]).toEqual([
      1,
      'There is no function hook in the namespace default: deploy it first.\n',
    ]);
    expect((await post(addressIn(result), '')).status).toBe(404);
    expect(await readFile(`${folder}/.vodstack/deploy.json`, 'utf8')).not.toContain(former);
  });

  it('is left alone by undeploy when somebody has set another one since', async () => {
    await write({
      'serverless.yml': YAML('other', `  runtime: Nodejs18.15\n${APIGW('/other')}`),
      'index.js': "exports.main_handler = async () => ({ statusCode: 200, body: '' });",
    });
    await vodstack(['deploy', '--configure-callback', '--no-checks']);
    await stack.client.ModifyEventConfig({ NotificationUrl: 'http://127.0.0.1:9/newer' });
    await vodstack(['undeploy']);
    const { NotificationUrl } = await stack.client.DescribeEventConfig({});
    expect(NotificationUrl).toBe('http://127.0.0.1:9/newer');
  });
});

describe('the receiver', () => {
  it('is what a deployment without a folder deploys, with the templates that were asked for', async () => {
    const result = await vodstack(['deploy', '--definitions', '100010', '--no-checks']);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(result.stdout).toContain('Start deploying the event notification receipt service of VOD.');
    expect(result.stdout).toContain('The event notification receipt service of VOD is deployed.');
    const address = addressIn(result);
    expect(address).toBe(stack.server.receiverAddress);
    expect(await post(address, '')).toEqual({ status: 400, body: 'Bad Request' });
    await stack.client.ModifyEventConfig({
      Mode: 'PUSH',
      NotificationUrl: address,
      UploadMediaCompleteEventSwitch: 'ON',
    });
    const { FileId } = await uploadFile(stack, await makeClip(work.join('received.mp4')));
    const { TranscodeInfo } = await eventually('the rendition is there', async () => {
      const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [FileId] });
      return MediaInfoSet?.[0]?.TranscodeInfo?.TranscodeSet?.some(({ Definition }) => Definition === 100010)
        ? MediaInfoSet[0]
        : undefined;
    });
    expect(TranscodeInfo?.TranscodeSet?.map(({ Definition }) => Definition)).not.toContain(100020);
    const database = await stack.openDatabase();
    await eventually('the output is recorded', async () => {
      const { rows } = await database.pool.query('select 1 from receiver.output where file_id = $1', [
        FileId,
      ]);
      return rows.length === 1;
    });
  });
});

describe('vodstack dev', () => {
  it('reloads at a save, under the same address, and goes on with the old code after a mistake', async () => {
    await write({ 'index.js': code('one') });
    const program = spawnProgram(['dev', folder, '--name', 'watched', '--json'], { env: place() });
    try {
      const address = await eventually('the function is deployed', () => {
        if (program.process.exitCode !== null) throw new Error(program.output());
        return /"ServiceAddress":"(?<address>[^"]+)".*"Watching"/su.exec(program.stdout())?.groups?.[
          'address'
        ];
      });
      expect((await post(address, '')).body).toBe('one');
      await write({ 'index.js': code('two') });
      await eventually('the new code serves', async () => (await post(address, '')).body === 'two');
      await write({ 'index.js': 'exports.main_handler = (' });
      await write({ 'index.js': code('three') });
      await eventually('the last code serves', async () => (await post(address, '')).body === 'three');
      expect(program.stdout()).toMatch(/Reloaded watched in [\d.]+ m?s/u);
    } finally {
      await program.end('SIGTERM');
    }
  });
});

describe('a web function', () => {
  const app =
    "require('node:http').createServer((req, res) => res.end(req.method + ' ' + req.url)).listen(process.env.PORT, '0.0.0.0');";
  const manifest =
    'component: scf\ninputs:\n  name: site\n  type: web\n  runtime: Nodejs16.13\n  network: vodstack\n  retryNum: 1\n' +
    '  instanceConcurrencyConfig:\n    maxConcurrency: 5\n  events:\n    - http:\n        parameters: {}\n';

  it('is deployed from its entry file, and answers', async () => {
    await write({ 'serverless.yml': manifest, 'app.js': app });
    const deployed = await vodstack(['deploy', '--no-checks']);
    expect(deployed.stderr).toBe('');
    const address = addressIn(deployed);
    expect(await post(`${address}/any?x`, 'body')).toEqual({ status: 200, body: 'POST /any?x' });
    const { stdout } = await vodstack(['info']);
    expect(stdout).toMatch(/^type: +http$/mu);
    expect(stdout).toMatch(/^network: +vodstack$/mu);
  });
});
