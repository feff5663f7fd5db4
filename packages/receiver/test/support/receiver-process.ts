import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../fixtures/receiver-process.ts', import.meta.url));

export interface ReceiverProcess {
  readonly url: string;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** Resolves when it listens. */
export async function startReceiverProcess(database: string, endpoint: string): Promise<ReceiverProcess> {
  const child = spawn(process.execPath, [PROGRAM, database, endpoint], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const port = await readPort(child);
  child.stdout?.resume();
  return {
    url: `http://127.0.0.1:${port}/callback`,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function readPort(child: ChildProcess): Promise<number> {
  let output = '';
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the receiver ended with ${String(code)}: ${output}`)));
    child.stdout?.on('data', (chunk) => {
      output += String(chunk);
      const port = /PORT (\d+)/.exec(output)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}
