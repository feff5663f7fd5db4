import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findFreePort, startChildServer } from '../support/child-server.ts';
import { PROGRAM, runProgram } from '../support/program.ts';
import { readEnvironment } from '../support/redirected.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let folder: WorkFolder;
beforeEach(async () => {
  folder = await createWorkFolder();
});
afterEach(async () => {
  await folder.remove();
});

describe('vodstack env', () => {
  it('says what to do where no server has run', async () => {
    const { exitCode, stdout, stderr } = await runProgram(['env', '--data', folder.join('none')]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /^No server has run on the data folder \S+ yet \(.*\): start one with "vodstack up".*\n$/,
    );
  });

  it('evaluated in a shell makes the next program reach the server, from a folder whose name has blanks', async () => {
    const dataFolder = folder.join("it's my data");
    const port = await findFreePort();
    // The usual ports are taken: any others do, as programs learn them here.
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(port + 1, '127.0.0.1', resolve));
    const server = await startChildServer({ dataFolder, port });
    const environment = await readEnvironment({ dataFolder });
    expect(environment).toMatchObject({ VODSTACK_ENDPOINT: server.url, VODSTACK_DATA: dataFolder });
    const app = `fetch('https://vod.tencentcloudapi.com/healthz').then((r) => r.text()).then(console.log)`;
    const script = `eval "$("$NODE" "$PROGRAM" env --data "$FOLDER")"; "$NODE" -e "$APP"`;
    const { stdout } = await run('/bin/sh', ['-c', script], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], NODE: process.execPath, PROGRAM, FOLDER: dataFolder, APP: app },
    });
    expect(stdout).toBe('{"status":"ok"}\n');
    expect(server.stdout()).toContain('eval "$(npx vodstack env)"');
    await new Promise((resolve) => blocker.close(resolve));
    expect(await server.end('SIGTERM')).toBe(0);
  });
});
