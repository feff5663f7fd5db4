import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DeployedFunction } from '../function-store.ts';
import { toRuntimeKind, type RuntimeKind } from '../runtime-kind.ts';
import type { Account } from './account.ts';
import { toEnvironment } from './function-environment.ts';
import { findInterpreters, type Interpreters } from './interpreters.ts';
import type { LaunchExtras, LaunchPlace } from './launch-place.ts';

/** Starts the operating system process of one instance. @throws LaunchError when this machine cannot */
export type StartProcess = (fn: DeployedFunction, place: LaunchPlace) => ChildProcess;

/** The message is for the caller of the function: one sentence. */
export class LaunchError extends Error {
  override readonly name: string = 'LaunchError';
}

export interface ProcessStarterOptions {
  account: Account;
  /** Asked at every start: addresses are known only once the server listens. */
  extras?: () => LaunchExtras;
}

const BOOTSTRAPS: Record<RuntimeKind, string> = {
  node: fileURLToPath(new URL('node-bootstrap.cjs', import.meta.url)),
  python: fileURLToPath(new URL('python-bootstrap.py', import.meta.url)),
};
const SETPRIV_PATHS = ['/usr/bin/setpriv', '/bin/setpriv', '/usr/local/bin/setpriv'];
/** Below this much heap Node has trouble to start at all. */
const MIN_HEAP_MB = 64;

/**
 * Decides how processes are started on this machine: under `setpriv --pdeathsig` where it exists, so that even a
 * function in a busy loop dies with a server that was killed; elsewhere the bootstrap notices the closed channel.
 */
export async function createProcessStarter(options: ProcessStarterOptions): Promise<StartProcess> {
  const [setpriv, interpreters] = await Promise.all([findSetpriv(), findInterpreters()]);
  const prefix = setpriv ? [setpriv, '--pdeathsig', 'KILL'] : [];
  return (fn, place) => {
    const [interpreter, ...args] = toCommand(fn, interpreters);
    const [file = interpreter, ...rest] = [...prefix, interpreter, ...args];
    const { codeFolder, layerFolders = [] } = place;
    const { account, extras = () => ({}) } = options;
    return spawn(file, rest, {
      cwd: codeFolder,
      env: toEnvironment(fn, { codeFolder, layerFolders, interpreter }, { account, extras: extras() }),
      // Leads a process group of its own, so that whatever the function started can be killed with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
  };
}

/** A probe, not a look at the file: BusyBox's setpriv has no --pdeathsig. */
async function findSetpriv(): Promise<string | undefined> {
  for (const path of SETPRIV_PATHS) {
    const probe = promisify(execFile)(path, ['--pdeathsig', 'KILL', path, '--version'], { timeout: 10_000 });
    const works = await probe.then(
      () => true,
      () => false,
    );
    if (works) return path;
  }
  return undefined;
}

function toCommand(fn: DeployedFunction, { node, python }: Interpreters): [string, ...string[]] {
  if (toRuntimeKind(fn.runtime) !== 'python') return [node.file, ...toNodeOptions(fn), BOOTSTRAPS.node];
  if (python) return [python.file, BOOTSTRAPS.python];
  throw new LaunchError(
    `The function needs Python 3.6 or newer and there is no such python3 on the server's PATH: install it and start the server again.`,
  );
}

function toNodeOptions({ memoryMb }: DeployedFunction): string[] {
  return [
    `--max-old-space-size=${Math.max(MIN_HEAP_MB, memoryMb)}`,
    // Says that an ES module in a .js file costs a second parse: no use in the log of a request.
    '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
    // The official SDK still uses punycode and url.parse(): two deprecation warnings in every log that it appears in.
    '--disable-warning=DEP0040',
    '--disable-warning=DEP0169',
  ];
}
