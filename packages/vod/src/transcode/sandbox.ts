import { availableParallelism } from 'node:os';
import { execa } from 'execa';
import type { EngineLogger } from './engine-logger.ts';

export interface SandboxLimits {
  /** Address space of one process; crossing it makes allocations fail inside ffmpeg. */
  readonly addressSpaceBytes: number;
  /** Size of any single file the process writes; crossing it raises SIGXFSZ. */
  readonly fileBytes: number;
}

export type SandboxLayer = 'nice' | 'prlimit' | 'unshare' | 'setpriv';

/** A chain of wrappers around a command. Each layer execs the next: one process, one pid, whatever the length of the chain. */
export interface Sandbox {
  readonly layers: readonly SandboxLayer[];
  /** The command line to start instead of `command`. */
  wrap(command: readonly string[], limits: SandboxLimits): string[];
}

/** Unlimited file size, for commands that write nothing. */
export const DEFAULT_SANDBOX_LIMITS: SandboxLimits = {
  // Measured with two cores: 2160p HEVC to all six presets at medium takes 5.2 GB (3.5 GB resident); x264 takes more with every core.
  addressSpaceBytes: 8 * 2 ** 30 + availableParallelism() * 2 ** 29,
  fileBytes: 2 ** 40,
};

/**
 * Outermost first. setpriv must be the last: unshare changes credentials, and that clears a death signal set before it.
 * Without the network an ffmpeg that is tricked into opening a URL reaches nobody.
 */
const LAYERS: Readonly<Record<SandboxLayer, (limits: SandboxLimits, niceness: number) => string[]>> = {
  nice: (_limits, niceness) => ['nice', '-n', String(niceness)],
  prlimit: (limits) => [
    'prlimit',
    '--core=0',
    `--as=${limits.addressSpaceBytes}`,
    `--fsize=${limits.fileBytes}`,
  ],
  unshare: () => ['unshare', '--user', '--map-root-user', '--net'],
  setpriv: () => [
    'setpriv',
    '--pdeathsig',
    'KILL',
    '--no-new-privs',
    // A parent that died before the signal was set never sends it: the child, then adopted by another, must not begin.
    'sh',
    '-c',
    'test "$PPID" = "$0" && exec "$@"',
    String(process.pid),
  ],
};
const ORDER: readonly SandboxLayer[] = ['nice', 'prlimit', 'unshare', 'setpriv'];

/** Leaves the server itself the first place. */
const DEFAULT_NICENESS = 10;

/** A sandbox of exactly these layers, in the fixed order. Niceness is the system's: from 0 to 19, which gets the least of the processor. */
export function createSandbox(layers: readonly SandboxLayer[], niceness: number = DEFAULT_NICENESS): Sandbox {
  const used = ORDER.filter((layer) => layers.includes(layer));
  return {
    layers: used,
    wrap: (command, limits) => [...used.flatMap((layer) => LAYERS[layer](limits, niceness)), ...command],
  };
}

export interface SandboxProbe {
  /** A harmless command of the program to be wrapped, e.g. `[ffmpeg, '-version']`. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly logger: EngineLogger;
}

/**
 * Keeps the layers that work here, alone and then together. A layer that is missing or refused (no util-linux, user namespaces off,
 * a container's seccomp rules) is left out and logged: protection in depth must not stop the service.
 */
export async function probeSandbox(probe: SandboxProbe): Promise<Sandbox> {
  const results = await Promise.all(
    ORDER.map(async (layer) => ({ layer, works: await runs(createSandbox([layer]), LEAST, probe) })),
  );
  const layers = results.filter((result) => result.works).map((result) => result.layer);
  const sandbox = createSandbox(layers);
  const missing = ORDER.filter((layer) => !layers.includes(layer));
  if (missing.length > 0) probe.logger.warn({ missing }, 'media processes run without some protections');
  if (await runs(sandbox, probe.command, probe)) return sandbox;
  probe.logger.warn({ layers }, 'the protections do not work together: media processes run without them');
  return createSandbox([]);
}

/** Starts in a millisecond, where ffmpeg takes a hundred. */
const LEAST = ['true'];

async function runs(
  sandbox: Sandbox,
  command: readonly string[],
  { environment }: SandboxProbe,
): Promise<boolean> {
  const [file = '', ...args] = sandbox.wrap(command, DEFAULT_SANDBOX_LIMITS);
  const result = await execa(file, args, {
    reject: false,
    stdio: 'ignore',
    timeout: 20_000,
    extendEnv: false,
    env: environment,
  });
  return !result.failed;
}
