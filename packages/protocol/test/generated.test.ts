import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const generator = join(import.meta.dirname, '..', '..', '..', 'scripts', 'generate-action-shapes.ts');

test("the generated files are what the installed SDK's type definitions say", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [generator, '--check']);
  expect(stdout).toContain('3 generated files are up to date');
});
