import { eventually } from './eventually.ts';
import { type RunningProgram, spawnProgram } from './program.ts';

/** `vodstack worker` as a process of its own. */
export interface ChildWorker extends RunningProgram {
  /** As `vodstack workers` shows it. */
  readonly name: string;
}

/** Starts it beside a server with the same data folder, and waits until it takes tasks. */
export async function startChildWorker(
  dataFolder: string,
  env: Readonly<Record<string, string>> = {},
  wrapper: readonly string[] = [],
): Promise<ChildWorker> {
  const child = spawnProgram(['worker', '--data', dataFolder, '--slots', '1'], { env, wrapper });
  const name = await eventually('the worker is ready', () => {
    if (child.process.exitCode !== null) throw new Error(`the worker ended:\n${child.output()}`);
    return /The worker (\S+) is ready/.exec(child.output())?.[1];
  });
  return { ...child, name };
}

export interface WorkerView {
  readonly workerId: string;
  readonly name: string;
  readonly role: string;
  readonly state: string;
  readonly slots: number;
  readonly tasks: readonly string[];
}

/** Who works on the server's tasks, as the console shows it. */
export async function viewWorkers(url: string): Promise<WorkerView[]> {
  return (await (await fetch(`${url}/console/api/workers`)).json()) as WorkerView[];
}
