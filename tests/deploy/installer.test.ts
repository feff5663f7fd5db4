import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../support/child-server.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const KEY = { SECRET_ID: `AKID${'i'.repeat(32)}`, SECRET_KEY: 'k'.repeat(32), APPID: '1250000042' };

let work: WorkFolder;
let port: number;

/** The project as a clone has it, with what the set-up would install already there. */
beforeAll(async () => {
  work = await createWorkFolder();
  port = await findFreePort();
  await mkdir(work.join('clone/scripts'), { recursive: true });
  await cp(`${ROOT}/installer`, work.join('clone/installer'), { recursive: true });
  await symlink(`${ROOT}/packages`, work.join('clone/packages'));
  await writeFile(work.join('clone/scripts/setup.mjs'), '');
});
// Ends the server that the installer has left running, too.
afterAll(() => work?.remove());

async function install(
  env: Record<string, string | undefined>,
  args: readonly string[] = [],
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const child = spawn('bash', [work.join('clone/installer/callback_scf.sh'), ...args], {
    cwd: work.path,
    env: { ...process.env, VODSTACK_PORT: String(port), VODSTACK_DATA: work.join('data'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  return { exitCode, stdout, stderr };
}

const sentences = (output: string): string[] =>
  output
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\]/u, ''));

describe('the installer', () => {
  it(
    'started as in the guide, starts a stack with the given keys and deploys the receiver',
    { timeout: 180_000 },
    async () => {
      const { exitCode, stdout, stderr } = await install(KEY);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      const lines = sentences(stdout);
      expect(lines).toEqual([
        'Start checking npm.',
        'npm is successfully installed.',
        'Start installing vodstack.',
        'vodstack is successfully installed.',
        `Start vodstack at http://127.0.0.1:${port}.`,
        expect.stringMatching(/^vodstack is started \(process \d+, log \S+\)\.$/u),
        'Start deploying the event notification receipt service of VOD.',
        'The event notification receipt service of VOD is deployed.',
        expect.stringMatching(
          /^Service address: http:\/\/127\.0\.0\.1:\d+\/service-[a-z0-9]{8}\/release\/callback$/u,
        ),
      ]);
      expect(stdout).not.toContain(KEY.SECRET_KEY);
      const credentials = JSON.parse(await readFile(work.join('data/credentials.json'), 'utf8'));
      expect(credentials).toMatchObject({ secretId: KEY.SECRET_ID, appId: 1_250_000_042 });
      const again = await install(KEY);
      expect(sentences(again.stdout).at(-1)).toBe(lines.at(-1));
      expect(again.stdout).not.toContain('Start vodstack at');
    },
  );

  it.each([
    ['half a key', { SECRET_ID: KEY.SECRET_ID, SECRET_KEY: '' }, 'SECRET_ID and SECRET_KEY belong together'],
    ['an unknown target', { ...KEY, TARGET: 'moon' }, 'TARGET must be local or tencent, got "moon".'],
    ['the cloud without a key', { TARGET: 'tencent', SECRET_ID: '', SECRET_KEY: '' }, 'export SECRET_ID'],
  ])('with %s says so before it does anything', async (_, env, reason) => {
    const { exitCode, stdout, stderr } = await install(env);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(reason);
  });
});
