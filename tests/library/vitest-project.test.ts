import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

it('the example of a vitest project that starts its own stack passes', { timeout: 180_000 }, async () => {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--root', 'examples/vitest-project'];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect({ code: await ended, output, errors }).toMatchObject({
    code: 0,
    output: expect.stringMatching(/Tests .*2 passed/),
  });
});
