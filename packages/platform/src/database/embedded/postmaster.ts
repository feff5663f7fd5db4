import { readFileSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { isPidAlive } from '../../process-identity.ts';
import type { ConnectionOptions } from '../connection.ts';

const POLL_MS = 50;

/** The id of the server that runs on this cluster, or null. A pid file that names a stranger is removed. */
export async function findPostmaster(dataFolder: string): Promise<number | null> {
  const pidFile = join(dataFolder, 'postmaster.pid');
  const text = await readFile(pidFile, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (!Number.isInteger(pid) || !isPidAlive(pid)) return null;
  if (isOurs(pid, dataFolder)) return pid;
  // After a restart of the machine or container the number belongs to some other program, maybe to us, and
  // PostgreSQL would refuse to start.
  if (processesIn(dataFolder).length === 0) await rm(pidFile, { force: true });
  return null;
}

/** Every process of a cluster works in its data folder. Where that cannot be seen, the number alone has to do. */
function isOurs(pid: number, dataFolder: string): boolean {
  if (process.platform !== 'linux') return pid !== process.pid;
  return workingFolderOf(pid) === realpathSync(dataFolder);
}

/** The processes that work in the folder; none where the system does not tell. */
export function processesIn(folder: string): number[] {
  if (process.platform !== 'linux') return [];
  const real = realpathSync(folder);
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => workingFolderOf(pid) === real);
}

function workingFolderOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

export type ServerAnswer = 'ready' | 'starting' | 'silent';

/** SQLSTATE cannot_connect_now: the server lives and is starting up, recovering or shutting down. */
const CANNOT_CONNECT_NOW = '57P03';

/** Asks the server by connecting to it. */
export async function askServer(connection: ConnectionOptions): Promise<ServerAnswer> {
  const client = new Client({ ...connection, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return 'ready';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === CANNOT_CONNECT_NOW ? 'starting' : 'silent';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Repeats the question until it is answered by something other than undefined, or the time is over. */
export async function pollUntil<Answer>(
  ask: () => Answer | undefined | Promise<Answer | undefined>,
  timeoutMs: number,
): Promise<Answer | undefined> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || Date.now() > deadline) return answer;
    await delay(POLL_MS);
  }
}

/** The end of the server's log, for an error message. */
export function readLastLines(path: string, count: number): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}
