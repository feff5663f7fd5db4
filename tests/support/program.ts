import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The `vodstack` command of this checkout. */
export const PROGRAM: string = fileURLToPath(new URL('../../packages/cli/bin/vodstack.mjs', import.meta.url));

export interface RunningProgram {
  readonly process: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Both streams, as they came. */
  output(): string;
  /** The exit code, null after a signal. */
  readonly exited: Promise<number | null>;
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface ProgramOptions {
  /** Beside this process's own environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** What to start it with, such as `unshare`. */
  readonly wrapper?: readonly string[];
}

/** Starts `vodstack` with these arguments, as a user does. */
export function spawnProgram(args: readonly string[], options: ProgramOptions = {}): RunningProgram {
  const { env = {}, wrapper = [], ...rest } = options;
  const [file = '', ...all] = [...wrapper, process.execPath, PROGRAM, ...args];
  const child = spawn(file, all, {
    ...rest,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: { source: 'stdout' | 'stderr'; text: string }[] = [];
  for (const source of ['stdout', 'stderr'] as const) {
    child[source].setEncoding('utf8').on('data', (text: string) => chunks.push({ source, text }));
  }
  const textOf = (source: string): string =>
    chunks.map((chunk) => (chunk.source === source ? chunk.text : '')).join('');
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return {
    process: child,
    stdout: () => textOf('stdout'),
    stderr: () => textOf('stderr'),
    output: () => chunks.map(({ text }) => text).join(''),
    exited,
    async end(signal) {
      child.kill(signal);
      return await exited;
    },
  };
}

export interface ProgramResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `vodstack` with these arguments to its end. */
export async function runProgram(
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const program = spawnProgram(args, options);
  const exitCode = await program.exited;
  return { exitCode, stdout: program.stdout(), stderr: program.stderr() };
}
