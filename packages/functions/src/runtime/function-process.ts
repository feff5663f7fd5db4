import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { Writable } from 'node:stream';
import type { DeployedFunction } from '../function-store.ts';
import type { Account } from './account.ts';
import type { ControlGroup } from './cgroup/control-group.ts';
import { findControlGroups, type ControlGroups } from './cgroup/control-groups.ts';
import { describeLimits, toGroupLimits } from './cgroup/group-limits.ts';
import { toEnvironment } from './function-environment.ts';
import { findInterpreters, type Interpreters } from './interpreters.ts';
import type { LaunchExtras, LaunchPlace } from './launch-place.ts';
import {
  toCloudLinks,
  toLimits,
  toRuntimeCommand,
  toSandboxCommand,
  toSandboxInterpreter,
} from './runtime-command.ts';
import {
  createSandbox,
  SANDBOX_DEPTH,
  SANDBOX_TMP_BYTES,
  SETTINGS_FD,
  type Sandbox,
} from './sandbox/create-sandbox.ts';
import { SANDBOX_CODE, SANDBOX_LAYERS } from './sandbox/bubblewrap-arguments.ts';
import { findProgram } from './sandbox/find-programs.ts';
import { RELAY_PROXY_PORT, RELAY_SCRIPT, RELAY_SOCKET, type RelayPolicy } from './sandbox/relay.ts';
import { isWebFunction, WEB_BOOTSTRAP } from '../web-function.ts';
import { LaunchError } from './launch-error.ts';

export interface StartedProcess {
  child: ChildProcess;
  /** How many levels below `child` the function's own process is. */
  depth: number;
  /** How many levels below `child` a process of ours stands that is no part of the function. */
  relayDepth?: number;
  /** With the process and everything that it starts in it; closed when the process has ended. */
  group?: ControlGroup | undefined;
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
  /** Ends what still runs and removes what was made for it. */
  stop(): Promise<void>;
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
  extras?: ((fn: DeployedFunction) => LaunchExtras) | undefined;
  /** False: plain processes, whatever the machine allows. Default true. */
  isSandboxed?: boolean | undefined;
}

/** The processes limit of the cloud; inside a sandbox, where it counts those of one function only. */
const PROCESS_LIMIT = '--nproc=1024:1024';

/** Decides, by probing once, how processes are started on this machine. */
export async function createProcessStarter(options: ProcessStarterOptions): Promise<ProcessStarter> {
  const { isSandboxed = true } = options;
  const [groups, interpreters, prlimit] = await Promise.all([
    findControlGroups(),
    findInterpreters(),
    findProgram('prlimit', (path) => ['--core=0:0', path, '--version']),
  ]);
  const sandbox = isSandboxed ? await findSandbox(options.folder, interpreters) : undefined;
  if (sandbox) return toSandboxStarter(sandbox, { ...options, groups, interpreters, prlimit });
  const setpriv = await findProgram('setpriv', (path) => ['--pdeathsig', 'KILL', path, '--version']);
  return toPlainStarter(setpriv, { ...options, groups, interpreters, prlimit });
}

function findSandbox(folder: string, { node }: Interpreters): Promise<Sandbox | undefined> {
  const { path, binds } = toSandboxInterpreter(node);
  return createSandbox({ folder, probe: { command: [path, '--version'], binds } });
}

interface StarterTools extends ProcessStarterOptions {
  groups: ControlGroups | undefined;
  interpreters: Interpreters;
  prlimit: string | undefined;
}

function toSandboxStarter(sandbox: Sandbox, tools: StarterTools): ProcessStarter {
  const description =
    sandbox.variant === 'root'
      ? 'bubblewrap sandboxes, each with a user of its own'
      : 'bubblewrap sandboxes in user namespaces';
  const environmentOf = (fn: DeployedFunction, place: LaunchPlace): NodeJS.ProcessEnv => {
    const interpreter = isWebFunction(fn)
      ? toSandboxInterpreter(tools.interpreters.node).path
      : toSandboxCommand(toRuntimeCommand(fn, tools.interpreters)).interpreter;
    const layerFolders = place.layerFolder === undefined ? [] : [SANDBOX_LAYERS];
    const inside = toEnvironment(fn, { codeFolder: SANDBOX_CODE, layerFolders, interpreter }, tools);
    return place.relay ? { ...inside, ...toRelayVariables(inside, place.relay.policy) } : inside;
  };
  return {
    isolation: { kind: 'bubblewrap', description: `${description}; ${describeLimits(tools.groups)}` },
    environmentOf,
    stop: async () => tools.groups?.stop(),
    start(fn, place) {
      const wrapped = toWrapped(sandbox, tools, { fn, place, environment: environmentOf(fn, place) });
      const { child, group } = spawnLimited(
        [wrapped.file, ...wrapped.args],
        { env: {}, extraFds: 1 },
        tools.groups?.create(toGroupLimits(fn)),
      );
      const settings: unknown = child.stdio[SETTINGS_FD];
      if (settings instanceof Writable) {
        // A bwrap that is gone already shows itself by its exit.
        settings.on('error', () => undefined);
        settings.end(wrapped.settings);
      }
      return place.relay
        ? { child, group, depth: SANDBOX_DEPTH + 1, relayDepth: SANDBOX_DEPTH }
        : { child, group, depth: SANDBOX_DEPTH };
    },
  };
}

/** Inside, the stack is at 127.0.0.1, and other places, where they may be reached, behind a proxy. */
function toRelayVariables(environment: NodeJS.ProcessEnv, { stack, isOpen }: RelayPolicy): NodeJS.ProcessEnv {
  const endpoint = environment['VODSTACK_ENDPOINT'];
  const proxy = `http://127.0.0.1:${RELAY_PROXY_PORT}`;
  // What is led to the stack must not go past it.
  const hosts = (environment['VODSTACK_REDIRECT_HOSTS'] ?? '').split(',').filter((host) => host !== '');
  const direct = ['localhost', '127.0.0.1', ...hosts.flatMap((host) => [host, `.${host}`])].join(',');
  return {
    ...(stack && endpoint !== undefined
      ? {
          VODSTACK_REDIRECT_ADDRESS: '127.0.0.1',
          VODSTACK_ENDPOINT: `http://127.0.0.1:${new URL(endpoint).port || 80}`,
        }
      : {}),
    ...(isOpen
      ? {
          HTTP_PROXY: proxy,
          HTTPS_PROXY: proxy,
          http_proxy: proxy,
          https_proxy: proxy,
          NO_PROXY: direct,
          no_proxy: direct,
          NODE_USE_ENV_PROXY: '1',
        }
      : {}),
  };
}

function toWrapped(
  sandbox: Sandbox,
  { extras, interpreters, prlimit }: StarterTools,
  { fn, place, environment }: { fn: DeployedFunction; place: LaunchPlace; environment: NodeJS.ProcessEnv },
): ReturnType<Sandbox['wrap']> {
  const limits = prlimit ? [prlimit, ...toLimits(fn), PROCESS_LIMIT] : [];
  const readOnlyPaths = extras?.(fn).readOnlyPaths ?? [];
  const inner = toInnerCommand(fn, interpreters);
  const relayed = toRelayed(fn, place, { interpreters, environment });
  return sandbox.wrap([...limits, ...relayed.command, ...inner.command], {
    codeFolder: place.codeFolder,
    layerFolder: place.layerFolder,
    binds: [...inner.binds, ...relayed.binds, ...readOnlyPaths.map((path): [string, string] => [path, path])],
    links: isWebFunction(fn) ? toCloudLinks(interpreters) : [],
    environment: relayed.environment,
    isNetworkShared: place.relay === undefined && (place.network ?? 'all') === 'all',
    tmpBytes: SANDBOX_TMP_BYTES,
  });
}

/** A web function brings its own start along: it finds the interpreters at the cloud's paths. */
function toInnerCommand(
  fn: DeployedFunction,
  interpreters: Interpreters,
): { command: string[]; binds: [string, string][] } {
  if (isWebFunction(fn)) {
    const known = [interpreters.node, ...(interpreters.python ? [interpreters.python] : [])];
    const binds = known.flatMap((each) => toSandboxInterpreter(each).binds);
    return { command: [`${SANDBOX_CODE}/${WEB_BOOTSTRAP}`], binds };
  }
  const runtime = toRuntimeCommand(fn, interpreters);
  const { interpreter, bootstrap, binds } = toSandboxCommand(runtime);
  return { command: [interpreter, ...runtime.options, bootstrap], binds };
}

const isOfNode = ([name]: [string, unknown]): boolean => name.startsWith('NODE_');

/** Little memory, and not started with what the function's own Node is to be started with. */
function toRelayed(
  fn: DeployedFunction,
  { relay }: LaunchPlace,
  { interpreters, environment }: { interpreters: Interpreters; environment: NodeJS.ProcessEnv },
): { command: string[]; binds: [string, string][]; environment: NodeJS.ProcessEnv } {
  if (!relay) return { command: [], binds: [], environment };
  const { path, binds } = toSandboxInterpreter(interpreters.node);
  const { stack, isOpen } = relay.policy;
  const settings = {
    socket: RELAY_SOCKET,
    ports: stack?.ports ?? [],
    isOpen,
    proxyPort: RELAY_PROXY_PORT,
    isWeb: isWebFunction(fn),
  };
  const entries = Object.entries(environment);
  const late = entries.filter(isOfNode).map(([name, value]) => `${name}=${value}`);
  const script = '/var/runtime/relay.cjs';
  return {
    command: [path, '--max-old-space-size=64', script, JSON.stringify(settings), '/usr/bin/env', ...late],
    binds: [...binds, [RELAY_SCRIPT, script], [relay.socketPath, RELAY_SOCKET]],
    environment: Object.fromEntries(entries.filter((entry) => !isOfNode(entry))),
  };
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
      description: `plain processes that can read what the server can, without network policies and web functions: install bubblewrap for sandboxes; ${describeLimits(tools.groups)}`,
    },
    environmentOf,
    stop: async () => tools.groups?.stop(),
    start(fn, place) {
      if (isWebFunction(fn)) {
        throw new LaunchError(
          'Web functions need sandboxes, each with a port 9000 of its own: install bubblewrap and start the server again.',
        );
      }
      const { interpreter, options, bootstrap } = toRuntimeCommand(fn, interpreters);
      const limits = prlimit ? [prlimit, ...toLimits(fn)] : [];
      const parent = setpriv ? [setpriv, '--pdeathsig', 'KILL'] : [];
      const command = [...limits, ...parent, interpreter.file, ...options, bootstrap];
      const env = environmentOf(fn, place);
      const group = tools.groups?.create(toGroupLimits(fn));
      return { ...spawnLimited(command, { env, cwd: place.codeFolder }, group), depth: 0 };
    },
  };
}

/** In its control group, and the leader of a process group, so that whatever the function started can be killed with it. */
function spawnLimited(
  command: readonly string[],
  { extraFds = 0, ...options }: { env: NodeJS.ProcessEnv; cwd?: string; extraFds?: number },
  group: ControlGroup | undefined,
): Pick<StartedProcess, 'child' | 'group'> {
  const extra = Array.from({ length: extraFds }, () => 'pipe' as const);
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', 'pipe', ...extra];
  const [file = '', ...args] = [...(group?.command ?? []), ...command];
  try {
    const child = spawn(file, args, { ...options, detached: true, stdio });
    for (const event of ['exit', 'error']) child.once(event, () => void group?.close());
    return { child, group };
  } catch (error) {
    void group?.close();
    throw error;
  }
}
