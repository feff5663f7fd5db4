import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { StartupError } from '../../errors.ts';
import type { PostgresBinaries } from './binaries.ts';
import { copyBinaries, moveCluster, ownFolder } from './reachable-home.ts';
import { namespaceArgs, runAsOther, runAsSelf, runInNamespace, type RunAs } from './run-as.ts';

export interface RunAsOptions {
  /** Where the cluster belongs. */
  folder: string;
  binaries: PostgresBinaries;
  /** As root: try a user namespace first (`auto`), or go to another uid at once. */
  rootStrategy: 'auto' | 'other-user';
  /** Where files go that another uid must reach. */
  reachableRoot: string;
}

const OTHER_UID = 65_534;
const PROBE_TIMEOUT_MS = 20_000;

/**
 * Decides under whose identity PostgreSQL runs, by trying. A cluster that exists decides where it was made.
 *
 * @throws StartupError when no way works
 */
export async function chooseRunAs(options: RunAsOptions): Promise<RunAs> {
  if (process.geteuid?.() !== 0) return chooseForUser(options);
  const otherHome = join(options.reachableRoot, await hashOf(options.folder));
  const owner = await ownerOf(join(options.folder, 'data'));
  if (owner !== null && owner.uid !== 0) {
    const asOwner = runAsOther(options.folder, options.binaries, owner);
    if (await canRun(asOwner, options.folder)) return asOwner;
  } else if (options.rootStrategy === 'auto' && (await ownerOf(join(otherHome, 'data'))) === null) {
    const inNamespace = await findNamespace(options);
    if (inNamespace !== null) return inNamespace;
  }
  return chooseOther(options, otherHome);
}

async function chooseForUser(options: RunAsOptions): Promise<RunAs> {
  const asSelf = runAsSelf(options.folder, options.binaries);
  if (!hasAccount()) {
    // initdb wants a name for its uid, which `docker run --user` need not have.
    const inNamespace = await findNamespace(options);
    if (inNamespace !== null) return inNamespace;
  }
  await assertRuns(asSelf);
  return asSelf;
}

function hasAccount(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

async function findNamespace({ folder, binaries }: RunAsOptions): Promise<RunAs | null> {
  const uid = await findAccountUid();
  if (uid === null) return null;
  const inNamespace = runInNamespace(folder, binaries, uid);
  const isWritable = await succeeds('unshare', [...namespaceArgs(uid), 'test', '-w', folder]);
  return isWritable && (await canRun(inNamespace)) ? inNamespace : null;
}

/** `nobody`, else any account that is not root: initdb wants the mapped uid to have a name. */
async function findAccountUid(): Promise<number | null> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => ''))
    .split('\n')
    .map((line) => line.split(':'));
  const uids = lines.map(([name, , uid]) => ({ name, uid: Number(uid) })).filter(({ uid }) => uid > 0);
  return (uids.find(({ name }) => name === 'nobody') ?? uids[0])?.uid ?? null;
}

async function chooseOther(options: RunAsOptions, home: string): Promise<RunAs> {
  const owner = { uid: OTHER_UID, gid: OTHER_UID };
  await ownFolder(options.reachableRoot, home, owner);
  const inPlace = runAsOther(home, options.binaries, owner);
  const runAs = (await canRun(inPlace))
    ? inPlace
    : runAsOther(home, await copyBinaries(options.binaries, options.reachableRoot), owner);
  await assertRuns(runAs);
  await assertReachable(runAs);
  await moveCluster(join(options.folder, 'data'), join(home, 'data'), owner);
  return runAs;
}

async function canRun(runAs: RunAs, writableFolder?: string): Promise<boolean> {
  const { file, args, options } = runAs.toCommand('postgres', ['--version']);
  if (!(await succeeds(file, args, options))) return false;
  return writableFolder === undefined || succeeds('test', ['-w', writableFolder], options);
}

async function assertRuns(runAs: RunAs): Promise<void> {
  const { file, args, options } = runAs.toCommand('postgres', ['--version']);
  const result = await execa(file, args, { ...options, reject: false, timeout: PROBE_TIMEOUT_MS });
  if (!result.failed) return;
  const reason = result.stderr || result.originalMessage || 'it is built for glibc';
  throw new StartupError(
    `The PostgreSQL of the npm package does not run here (${reason}): set VODSTACK_DATABASE_URL to a PostgreSQL of your own.`,
  );
}

async function assertReachable(runAs: RunAs): Promise<void> {
  if (await canRun(runAs, runAs.home)) return;
  throw new StartupError(
    `PostgreSQL cannot run as root, and uid ${OTHER_UID} cannot enter ${runAs.home}: start as a normal user, or set VODSTACK_DATABASE_URL.`,
  );
}

async function succeeds(file: string, args: string[], options: object = {}): Promise<boolean> {
  const { failed } = await execa(file, args, { ...options, reject: false, timeout: PROBE_TIMEOUT_MS });
  return !failed;
}

async function ownerOf(path: string): Promise<{ uid: number; gid: number } | null> {
  const found = await stat(path).catch(() => null);
  return found === null ? null : { uid: found.uid, gid: found.gid };
}

async function hashOf(folder: string): Promise<string> {
  return createHash('sha256')
    .update(await realpath(folder))
    .digest('hex')
    .slice(0, 12);
}
