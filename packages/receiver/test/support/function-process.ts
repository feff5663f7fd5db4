import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ScfResponse } from '../../src/index.ts';

const INVOKER = fileURLToPath(new URL('./invoke-main-handler.cjs', import.meta.url));

export interface FunctionRun {
  readonly responses: readonly ScfResponse[];
  readonly loadMs: number;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Loads a bundle in a plain Node process with `folder` as working directory and calls its main_handler with each event in turn. */
export async function runFunction(
  bundle: string,
  folder: string,
  events: readonly unknown[],
): Promise<FunctionRun> {
  const child = spawn(process.execPath, [INVOKER, bundle], {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
  });
  const exited = once(child, 'exit');
  child.stdin.end(JSON.stringify(events));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await exited) as [number | null];
  const [log = '', result] = output.split('\nRESULT ');
  if (code !== 0 || result === undefined)
    throw new Error(`the function ended with ${String(code)}: ${output}${errors}`);
  const { responses, loadMs } = JSON.parse(result) as Pick<FunctionRun, 'responses' | 'loadMs'>;
  return { responses, loadMs, lines: log.split('\n').filter((line) => line !== ''), errors };
}
