import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, succeeds } from './find-programs.ts';
import { createSandboxUsers } from './sandbox-users.ts';
import { toBubblewrapArguments, type SandboxSettings, type SandboxVariant } from './bubblewrap-arguments.ts';

/** What a command is wrapped in. */
export interface Sandbox {
  variant: SandboxVariant;
  /** `command` runs inside; secrets are in `settings`, which nobody else on the machine can read. */
  wrap(command: readonly string[], options: WrapOptions): WrappedCommand;
}

export type WrapOptions = Omit<SandboxSettings, 'passwdFile'>;

export interface WrappedCommand {
  file: string;
  args: string[];
  /** To be written to the child's fd 4: bwrap reads its own arguments from there. */
  settings: string;
}

/** Before the function's own process stand bwrap outside and bwrap as the init process inside. */
export const SANDBOX_DEPTH = 2;
export const SETTINGS_FD = 4;
export const SANDBOX_TMP_BYTES: number = 512 * 1024 * 1024;

/** The dynamic loader obeys these: they must not reach a program that still is root inside. */
const LOADER_VARIABLES = /^(?:LD_|GCONV_PATH$|GLIBC_TUNABLES$|LOCPATH$|MALLOC_)/u;

/**
 * Tries what this machine allows, by running a program in it.
 *
 * @returns undefined when bubblewrap is missing or may not make namespaces here
 */
export async function createSandbox(options: {
  folder: string;
  /** Programs that must run inside, with the binds that they need. */
  probe: { command: readonly string[]; binds: WrapOptions['binds'] };
}): Promise<Sandbox | undefined> {
  const [bwrap, setpriv, users] = await Promise.all([
    findProgram('bwrap', () => ['--version']),
    findProgram('setpriv', (path) => ['--nnp', path, '--version']),
    createSandboxUsers(options.folder),
  ]);
  if (bwrap === undefined) return undefined;
  const variants: SandboxVariant[] =
    process.getuid?.() === 0 && setpriv !== undefined ? ['root', 'user-namespace'] : ['user-namespace'];
  for (const variant of variants) {
    const sandbox = toSandbox({ bwrap, setpriv: setpriv ?? '', users, variant });
    if (await canRun(sandbox, options.probe)) return sandbox;
  }
  return undefined;
}

interface Tools {
  bwrap: string;
  setpriv: string;
  users: Awaited<ReturnType<typeof createSandboxUsers>>;
  variant: SandboxVariant;
}

function toSandbox({ bwrap, setpriv, users, variant }: Tools): Sandbox {
  return {
    variant,
    wrap(command, { environment, ...rest }) {
      const uid = users.next();
      const [early, late] = splitEnvironment(environment);
      const settings = { ...rest, environment: early, passwdFile: users.passwdFile };
      const inner = [
        ...(variant === 'root'
          ? [setpriv, '--reuid', String(uid), '--regid', String(uid), '--clear-groups', '--inh-caps=-all']
          : []),
        ...(late.length > 0 ? ['/usr/bin/env', ...late] : []),
        ...command,
      ];
      return {
        file: bwrap,
        args: ['--args', String(SETTINGS_FD), '--', ...inner],
        settings: toBubblewrapArguments(settings, { variant, uid })
          .map((each) => `${each}\0`)
          .join(''),
      };
    },
  };
}

function splitEnvironment(environment: NodeJS.ProcessEnv): [early: NodeJS.ProcessEnv, late: string[]] {
  const entries = Object.entries(environment);
  return [
    Object.fromEntries(entries.filter((entry) => !isLate(entry))),
    entries.filter(isLate).map(([name, value]) => `${name}=${value}`),
  ];
}

const isLate = ([name]: [string, unknown]): boolean => LOADER_VARIABLES.test(name);

/** With everything that a function gets, in a folder that only we can enter, as the code's is. */
async function canRun(
  sandbox: Sandbox,
  { command, binds }: { command: readonly string[]; binds: WrapOptions['binds'] },
): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'vodstack-probe-'));
  try {
    await chmod(folder, 0o755);
    const options = { codeFolder: folder, layerFolder: undefined, binds, isNetworkShared: true };
    const { file, args, settings } = sandbox.wrap(command, {
      ...options,
      environment: {},
      tmpBytes: SANDBOX_TMP_BYTES,
    });
    const path = join(folder, 'settings');
    await writeFile(path, settings, { mode: 0o600 });
    return await succeeds('/bin/sh', [
      '-c',
      'settings=$1; shift; exec "$@" 4<"$settings"',
      'sh',
      path,
      file,
      ...args,
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
