import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DatedLog } from './dated-log.ts';
import type { CodeSource } from './plan.ts';

/** The guide's first step. Nothing of a deployment needs npm, but the packages of a function in JavaScript do. */
export async function checkNpm(source: CodeSource, log: DatedLog): Promise<void> {
  log.say('Start checking npm.');
  try {
    await promisify(execFile)('npm', ['--version'], { timeout: 20_000 });
    log.say('npm is successfully installed.');
  } catch {
    log.warn(
      'npm is not installed. Functions without packages of their own work all the same; otherwise see https://nodejs.org.',
    );
  }
  if (source.kind === 'folder' && (await lacksPackages(source.folder)))
    log.warn(
      `${source.folder} has a package.json and no node_modules: run "npm install" there if the function needs packages.`,
    );
}

async function lacksPackages(folder: string): Promise<boolean> {
  const isThere = async (name: string): Promise<boolean> =>
    await access(join(folder, name)).then(
      () => true,
      () => false,
    );
  return (await isThere('package.json')) && !(await isThere('node_modules'));
}
