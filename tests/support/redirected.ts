import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { runProgram } from './program.ts';
import type { Stack } from './stack.ts';

const run = promisify(execFile);

export type Environment = Readonly<Record<string, string>>;

/** What `vodstack env` prints for the stack, as a user's shell would take it over. */
export async function readEnvironment(
  stack: Pick<Stack, 'dataFolder'>,
  ...flags: string[]
): Promise<Environment> {
  const none = {
    NODE_OPTIONS: undefined,
    PYTHONPATH: undefined,
    SECRET_ID: undefined,
    SECRET_KEY: undefined,
  };
  const { exitCode, stdout, stderr } = await runProgram(
    ['env', '--json', '--data', stack.dataFolder, ...flags],
    {
      env: none,
    },
  );
  if (exitCode !== 0) throw new Error(`vodstack env ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout) as Environment;
}

/** Runs a program in this environment and nothing else; gives what it printed. */
export async function runIn(environment: Environment, file: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(file, args, {
    timeout: 50_000,
    env: { PATH: process.env['PATH'], HOME: environment['VODSTACK_DATA'], ...environment },
  });
  return stdout;
}
