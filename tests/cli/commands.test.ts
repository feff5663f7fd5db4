import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../support/child-server.ts';
import { viewMedia } from '../support/console-api.ts';
import { makeClip } from '../support/make-clip.ts';
import { type ProgramResult, runProgram } from '../support/program.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let folder: WorkFolder;
let stack: Stack;
let clip: string;

beforeAll(async () => {
  folder = await createWorkFolder();
  stack = await startStack();
  clip = await makeClip(folder.join('my clip.mp4'));
});

afterAll(async () => {
  await stack?.stop();
  await folder?.remove();
});

/** With the server and its key in the environment, as in a shell that has them set. */
async function vodstack(args: readonly string[], env: Record<string, string> = {}): Promise<ProgramResult> {
  const place = { VODSTACK_ENDPOINT: stack.url, VODSTACK_DATA: stack.dataFolder };
  return await runProgram(args, { env: { SECRET_ID: undefined, SECRET_KEY: undefined, ...place, ...env } });
}

function readLines(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('vodstack upload', () => {
  it('prints the FileId and the address of what it uploaded', async () => {
    const result = await vodstack(['upload', clip]);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    const fileId = /FileId (\d+)/.exec(result.stdout)?.[1] ?? '';
    const media = await viewMedia(stack.url, fileId);
    expect(result.stdout).toMatch(
      /^Uploaded {3}FileId \d+ {2}\(\d[\d.]* k?B in [\d.]+ m?s\)\n {11}http\S+\n$/,
    );
    expect(result.stdout).toContain(media.mediaUrl);
    expect(media).toMatchObject({ name: 'my clip' });
  });

  it('with --watch shows each step until the URLs are there, and no empty line', async () => {
    const { exitCode, stdout, stderr } = await vodstack(['upload', clip, '--watch']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^Uploaded {3}FileId \d+ /),
      expect.stringMatching(/^ {11}http\S+\.mp4$/),
      expect.stringMatching(/^Processing TaskId \S+$/),
      'Finished   100010  640×360',
      expect.stringMatching(/^ {11}http\S+\/v\.f100010\.mp4$/),
      'Finished   100020  960×540',
      expect.stringMatching(/^ {11}http\S+\/v\.f100020\.mp4$/),
      expect.stringMatching(/^Done {7}2 of 2 renditions in [\d.]+ (?:ms|s)$/),
    ]);
  });

  it('with --watch --json prints one JSON object per line, and the whole result in the last', async () => {
    const { exitCode, stdout } = await vodstack(['upload', clip, '--watch', '--json']);
    expect(exitCode).toBe(0);
    const lines = readLines(stdout);
    expect(lines.map((line) => line['Event'])).toEqual([
      'Uploaded',
      'TaskStarted',
      'Finished',
      'Finished',
      undefined,
    ]);
    const { FileId } = lines[0] ?? {};
    const { records, tasks } = await viewMedia(stack.url, String(FileId));
    expect(lines.at(-1)).toEqual({
      FileId,
      TaskId: tasks[0]?.taskId,
      Outputs: records.map(({ definition, url }) => ({ Definition: definition, Url: url })),
    });
  });

  it('without --watch prints the FileId in its last JSON line', async () => {
    const { exitCode, stdout } = await vodstack(['upload', clip, '--json']);
    expect(exitCode).toBe(0);
    expect(readLines(stdout).at(-1)).toMatchObject({ FileId: expect.stringMatching(/^\d+$/) as string });
  });

  it('with --watch ends with 1 when a rendition failed, and says why', async () => {
    const path = folder.join('notes.mp4');
    await writeFile(path, 'no video\n');
    const { exitCode, stdout, stderr } = await vodstack(['upload', path, '--watch']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '2 of 2 renditions failed.\n' });
    const reason = 'SourceFileError.ContentUnsupported: not a media file: it is a text file';
    expect(stdout).toContain(`Failed     100010  ${reason}\nFailed     100020  ${reason}\n`);
  });

  it.each([
    {
      what: 'a file that is not there',
      name: 'nothing.mp4',
      message: /^The file \S+ cannot be read: there is none of this name\.\n$/,
    },
    { what: 'a folder', name: 'folder.mp4', message: /^\S+ is not a file\.\n$/ },
    {
      what: 'an extension that is no media’s',
      name: 'program.exe',
      message: /InvalidParameterValue\.MediaType: .*mp4.*"exe".*RequestId/,
    },
    {
      what: 'a name without an extension',
      name: 'noextension',
      message: /InvalidParameterValue\.MediaType|MissingParameter/,
    },
  ])('refuses $what with one sentence and exit code 1', async ({ name, message }) => {
    await mkdir(folder.join('folder.mp4'), { recursive: true });
    for (const file of ['program.exe', 'noextension']) await writeFile(folder.join(file), 'content');
    const result = await vodstack(['upload', folder.join(name)]);
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toMatch(message);
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('refuses a file that this user may not read', async () => {
    const path = folder.join('secret.mp4');
    await writeFile(path, 'secret');
    await chmod(path, 0);
    // Root may read everything, unless it gives that right up.
    const wrapper =
      process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-all', '--inh-caps', '-all'] : [];
    const env = { VODSTACK_ENDPOINT: stack.url, SECRET_ID: 'AKIDsome', SECRET_KEY: 'some-secret-key' };
    const result = await runProgram(['upload', path], { env, wrapper });
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toMatch(/^The file \S+ cannot be read: this user may not read it\.\n$/);
  });

  it('says what to do when no server answers', async () => {
    const endpoint = `http://127.0.0.1:${await findFreePort()}`;
    const result = await vodstack(['upload', clip, '--endpoint', endpoint]);
    expect(result).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `No server answers at ${endpoint}: start one with "vodstack up", or name another with --endpoint.\n`,
    });
  });

  it('says which part of the key is wrong', async () => {
    const { secretId } = stack.server.credentials;
    const wrongKey = await vodstack(['upload', clip], { SECRET_ID: secretId, SECRET_KEY: 'x'.repeat(32) });
    expect(wrongKey).toMatchObject({ exitCode: 1, stdout: '' });
    expect(wrongKey.stderr).toMatch(/^AuthFailure\.SignatureFailure: .*RequestId/);
    const wrongId = await vodstack(['upload', clip], { SECRET_ID: 'AKIDnobody', SECRET_KEY: 'x'.repeat(32) });
    expect(wrongId.stderr).toMatch(/^AuthFailure\.SecretIdNotFound: .*RequestId/);
  });

  it('says where it looked for a key', async () => {
    const result = await vodstack(['upload', clip, '--data', folder.path]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(`looked for ${folder.path}/credentials.json`);
  });
});

describe('vodstack logs', () => {
  it('shows what the receiver logged, oldest first, with readable times', async () => {
    const { exitCode, stdout, stderr } = await vodstack(['logs']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const heads = stdout.split('\n').filter((line) => line.startsWith('── '));
    expect(heads.length).toBeGreaterThan(1);
    for (const head of heads)
      expect(head).toMatch(/^── \d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}status \d+ {2}[\d.]+ m?s$/);
    const times = heads.map((head) => head.slice(0, '── 2026-11-24 07:58:46'.length));
    expect(times.toSorted()).toEqual(times);
    expect(stdout).toMatch(/Transcode FileId=\d+ Definition=100010 Status=SUCCESS Url=http/);
  });

  it('with --json prints one request per line', async () => {
    const { exitCode, stdout } = await vodstack(['logs', '--json', '--limit', '2']);
    expect(exitCode).toBe(0);
    const lines = readLines(stdout);
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatchObject({ statusCode: 200, retCode: 0 });
  });

  it('finds requests by what the log page of the cloud finds them by', async () => {
    const found = async (...args: string[]) => {
      const { stdout } = await vodstack(['logs', '--json', '--limit', '200', ...args]);
      return stdout === '' ? [] : readLines(stdout);
    };
    const all = await found();
    const [first] = all;
    expect(await found('--request', String(first?.['requestId']))).toEqual([first]);
    expect(await found('--status', 'succeeded', '--since', '1h', '--qualifier', '$LATEST')).toEqual(all);
    expect(await found('--status', 'timeout')).toEqual([]);
    expect(await found('--until', '1d')).toEqual([]);
    const transcoded = await found('--text', 'definition=100010');
    expect(transcoded.length).toBeGreaterThan(0);
    expect(transcoded.length).toBeLessThan(all.length);
    expect(await vodstack(['logs', '--since', 'soon'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('such as 15m') as string,
    });
  });

  it('says so when there is no such function, no server, or the key is wrong', async () => {
    const noFunction = await vodstack(['logs', 'nothing']);
    expect(noFunction).toMatchObject({
      exitCode: 1,
      stderr: 'There is no function nothing; there is: callback.\n',
    });
    const endpoint = `http://127.0.0.1:${await findFreePort()}`;
    const noServer = await vodstack(['logs'], { VODSTACK_ENDPOINT: endpoint });
    expect(noServer).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^No server answers/) as string,
    });
    const wrongKey = await vodstack(['logs'], { SECRET_ID: 'AKIDnobody', SECRET_KEY: 'x'.repeat(32) });
    expect(wrongKey).toMatchObject({
      exitCode: 1,
      stderr: `${stack.url} does not know this SecretId and SecretKey.\n`,
    });
  });
});

describe('the command itself', { concurrent: true }, () => {
  it('npx vodstack --version prints the version in the checkout', async () => {
    const manifest = JSON.parse(await readFile(`${ROOT}/packages/cli/package.json`, 'utf8')) as {
      version: string;
    };
    const { stdout } = await promisify(execFile)('npx', ['vodstack', '--version'], { cwd: ROOT });
    expect(stdout).toBe(`${manifest.version}\n`);
  });

  it.each([
    { args: ['--help'], expected: ['up [options]', 'upload [options] <file>', 'logs [options] [function]'] },
    { args: ['up', '--help'], expected: ['--port', '--host', '--data', 'VODSTACK_PORT'] },
    {
      args: ['upload', '--help'],
      expected: ['--watch', '--timeout', '--endpoint', '--json', 'VODSTACK_ENDPOINT'],
    },
    { args: ['logs', '--help'], expected: ['--follow', '--limit', '--endpoint', '--json'] },
  ])('vodstack $args tells what there is, within 80 columns', async ({ args, expected }) => {
    const { exitCode, stdout, stderr } = await runProgram(args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const text of expected) expect(stdout).toContain(text);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it.each([
    { args: ['nothing'], message: /unknown command 'nothing'/ },
    { args: ['upload'], message: /missing required argument 'file'/ },
    { args: ['upload', 'x.mp4', '--speed'], message: /unknown option '--speed'/ },
    { args: ['upload', 'x.mp4', '--timeout', 'long'], message: /Expected a whole number from 1 up/ },
    { args: ['logs', '--limit', '0'], message: /Expected a whole number from 1 up/ },
  ])('vodstack $args is refused with a hint at --help', async ({ args, message }) => {
    const { exitCode, stdout, stderr } = await runProgram(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toContain('(--help shows what there is)');
  });
});

describe('vodstack keys', () => {
  it('makes a key that works, lists it without its secret, and ends it', async () => {
    const made = await vodstack(['keys', 'create', '--name', 'encoder', '--json']);
    const key = readLines(made.stdout)[0] as { secretId: string; secretKey: string };
    const client = stack.createClient(key);
    expect(await client.DescribeEventConfig({})).toMatchObject({ Mode: 'PUSH' });
    const { stdout } = await vodstack(['keys', 'list']);
    expect(stdout).toContain(`${key.secretId}  encoder  all applications`);
    expect(stdout).not.toContain(key.secretKey);
    expect((await vodstack(['keys', 'disable', key.secretId])).stdout).toBe(`Disabled   ${key.secretId}\n`);
    await expect(client.DescribeEventConfig({})).rejects.toMatchObject({
      code: 'AuthFailure.SecretIdNotFound',
    });
  });

  it('says why a key cannot be made or ended', async () => {
    const unknown = await vodstack(['keys', 'create', '--sub', '1599999999']);
    expect(unknown).toMatchObject({ exitCode: 1 });
    expect(unknown.stderr).toContain('1599999999');
    const own = await vodstack(['keys', 'disable', stack.server.credentials.secretId]);
    expect(own).toMatchObject({ exitCode: 1 });
    expect(own.stderr).toContain('own key');
  });
});
