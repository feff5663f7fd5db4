import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { Writable } from 'node:stream';
import type { DeployedFunction } from '../function-store.ts';
import type { Account } from './account.ts';
import { toEnvironment } from './function-environment.ts';
import { findInterpreters, type Interpreters } from './interpreters.ts';
import type { LaunchExtras, LaunchPlace } from './launch-place.ts';
import { toLimits, toRuntimeCommand, toSandboxCommand, toSandboxInterpreter } from './runtime-command.ts';
import {
  createSandbox,
  SANDBOX_DEPTH,
  SANDBOX_TMP_BYTES,
  SETTINGS_FD,
  type Sandbox,
} from './sandbox/create-sandbox.ts';
import { SANDBOX_CODE, SANDBOX_LAYERS } from './sandbox/bubblewrap-arguments.ts';
import { findProgram } from './sandbox/find-programs.ts';

export interface StartedProcess {
  child: ChildProcess;
  /** How many levels below `child` the function's own process is. */
  depth: number;
  /** To be set before the function is loaded: the process was started without. */
  environment?: NodeJS.ProcessEnv;
}

/** Starts the operating system process of one instance. */
export interface ProcessStarter {
  /** What functions are kept in on this machine. */
  isolation: Isolation;
  /** @throws LaunchError when this machine cannot run the function */
  start(fn: DeployedFunction, place: LaunchPlace): StartedProcess;
  /** What the function finds in its environment. */
  environmentOf(fn: DeployedFunction, place: LaunchPlace): NodeJS.ProcessEnv;
}

export interface Isolation {
  kind: 'bubblewrap' | 'process';
  /** One sentence for people. */
  description: string;
}

export interface ProcessStarterOptions {
  account: Account;
  /** For files of our own that sandboxes need. */
  folder: string;
  /** Asked at every start: addresses are known only once the server listens. */
  extras?: (() => LaunchExtras) | undefined;
  /** False: plain processes, whatever the machine allows. Default true. */
  isSandboxed?: boolean | undefined;
}

/** The processes limit of the cloud; inside a sandbox, where it counts those of one function only. */
const PROCESS_LIMIT = '--nproc=1024:1024';

/** Decides, by probing once, how processes are started on this machine. */
export async function createProcessStarter(options: ProcessStarterOptions): Promise<ProcessStarter> {
  const { isSandboxed = true } = options;
  const [interpreters, prlimit] = await Promise.all([
    findInterpreters(),
    findProgram('prlimit', (path) => ['--core=0:0', path, '--version']),
  ]);
  const sandbox = isSandboxed ? await findSandbox(options.folder, interpreters) : undefined;
  if (sandbox) return toSandboxStarter(sandbox, { ...options, interpreters, prlimit });
  const setpriv = await findProgram('setpriv', (path) => ['--pdeathsig', 'KILL', path, '--version']);
  return toPlainStarter(setpriv, { ...options, interpreters, prlimit });
}

function findSandbox(folder: string, { node }: Interpreters): Promise<Sandbox | undefined> {
  const { path, binds } = toSandboxInterpreter(node);
  return createSandbox({ folder, probe: { command: [path, '--version'], binds } });
}

interface StarterTools extends ProcessStarterOptions {
  interpreters: Interpreters;
  prlimit: string | undefined;
}

function toSandboxStarter(sandbox: Sandbox, tools: StarterTools): ProcessStarter {
  const description =
    sandbox.variant === 'root'
      ? 'bubblewrap sandboxes, each with a user of its own'
      : 'bubblewrap sandboxes in user namespaces';
  const environmentOf = (fn: DeployedFunction, place: LaunchPlace): NodeJS.ProcessEnv => {
    const { interpreter } = toSandboxCommand(toRuntimeCommand(fn, tools.interpreters));
    const layerFolders = place.layerFolder === undefined ? [] : [SANDBOX_LAYERS];
    return toEnvironment(fn, { codeFolder: SANDBOX_CODE, layerFolders, interpreter }, tools);
  };
  return {
    isolation: { kind: 'bubblewrap', description },
    environmentOf,
    start(fn, place) {
      const wrapped = toWrapped(sandbox, tools, { fn, place, environment: environmentOf(fn, place) });
      const child = spawnGroup(wrapped.file, wrapped.args, { env: {}, extraFds: 1 });
      const settings: unknown = child.stdio[SETTINGS_FD];
      if (settings instanceof Writable) {
        // A bwrap that is gone already shows itself by its exit.
        settings.on('error', () => undefined);
        settings.end(wrapped.settings);
      }
      return { child, depth: SANDBOX_DEPTH };
    },
  };
}

function toWrapped(
  sandbox: Sandbox,
  { extras, interpreters, prlimit }: StarterTools,
  { fn, place, environment }: { fn: DeployedFunction; place: LaunchPlace; environment: NodeJS.ProcessEnv },
): ReturnType<Sandbox['wrap']> {
  const runtime = toRuntimeCommand(fn, interpreters);
  const { interpreter, bootstrap, binds } = toSandboxCommand(runtime);
  const limits = prlimit ? [prlimit, ...toLimits(fn), PROCESS_LIMIT] : [];
  const readOnlyPaths = extras?.().readOnlyPaths ?? [];
  return sandbox.wrap([...limits, interpreter, ...runtime.options, bootstrap], {
    codeFolder: place.codeFolder,
    layerFolder: place.layerFolder,
    binds: [...binds, ...readOnlyPaths.map((path): [string, string] => [path, path])],
    environment,
    network: place.network ?? 'all',
    tmpBytes: SANDBOX_TMP_BYTES,
  });
}

/** Under `setpriv --pdeathsig` where it exists, so that even a function in a busy loop dies with a server that was killed. */
function toPlainStarter(setpriv: string | undefined, tools: StarterTools): ProcessStarter {
  const { interpreters, prlimit } = tools;
  const environmentOf = (
    fn: DeployedFunction,
    { codeFolder, layerFolder }: LaunchPlace,
  ): NodeJS.ProcessEnv => {
    const { interpreter } = toRuntimeCommand(fn, interpreters);
    const layerFolders = layerFolder === undefined ? [] : [layerFolder];
    return toEnvironment(fn, { codeFolder, layerFolders, interpreter: interpreter.file }, tools);
  };
  return {
    isolation: {
      kind: 'process',
      description: 'plain processes that can read what the server can: install bubblewrap for sandboxes',
    },
    environmentOf,
    start(fn, place) {
      const { interpreter, options, bootstrap } = toRuntimeCommand(fn, interpreters);
      const limits = prlimit ? [prlimit, ...toLimits(fn)] : [];
      const parent = setpriv ? [setpriv, '--pdeathsig', 'KILL'] : [];
      const [file, ...args] = [...limits, ...parent, interpreter.file, ...options, bootstrap];
      const env = environmentOf(fn, place);
      return { child: spawnGroup(file, args, { env, cwd: place.codeFolder }), depth: 0 };
    },
  };
}

/** Leads a process group of its own, so that whatever the function started can be killed with it. */
function spawnGroup(
  file: string,
  args: string[],
  { extraFds = 0, ...options }: { env: NodeJS.ProcessEnv; cwd?: string; extraFds?: number },
): ChildProcess {
  const extra = Array.from({ length: extraFds }, () => 'pipe' as const);
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', 'pipe', ...extra];
  return spawn(file, args, { ...options, detached: true, stdio });
}
