// A PostgreSQL of the system's packages, started on a free TCP port with a password, for tests against a separate server.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { tmpdir } from 'node:os';
import { Client } from 'pg';

const execute = promisify(execFile);
const START_DEADLINE_MS = 30_000;
/** PostgreSQL refuses to run as root: nobody, who exists everywhere. */
const NOBODY = { uid: 65534, gid: 65534 };

/** @returns {Promise<{ url: string, version: string, crash(): Promise<void>, restart(): Promise<void>, stop(): Promise<void> }>} */
export async function startExternalPostgres() {
  const bin = findBinaries();
  const folder = mkdtempSync(join(tmpdir(), 'vodstack-postgres-'));
  const identity = process.getuid?.() === 0 ? NOBODY : {};
  const password = randomBytes(12).toString('hex');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (identity.uid !== undefined)
    for (const path of [folder, passwordFile]) chownSync(path, identity.uid, identity.gid);
  const data = join(folder, 'data');
  const init = [
    '-D',
    data,
    '-U',
    'vodstack',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--no-sync',
  ];
  await execute(join(bin, 'initdb'), init, { ...identity, cwd: folder });
  const port = await findFreePort();
  const options = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder];
  const url = `postgres://vodstack:${password}@127.0.0.1:${port}/postgres`;
  let server;
  let exited;
  const start = async () => {
    server = spawn(join(bin, 'postgres'), options, { ...identity, cwd: folder, stdio: 'ignore' });
    exited = new Promise((resolve) => server.once('exit', resolve));
    return await waitUntilReady(url);
  };
  const version = await start();
  return {
    url,
    version,
    /** Ends it at once, as a machine that fails; `restart` brings it back with what was committed. */
    async crash() {
      server.kill('SIGQUIT');
      await exited;
    },
    async restart() {
      await start();
    },
    async stop() {
      server.kill('SIGINT');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function findBinaries() {
  const packaged = '/usr/lib/postgresql';
  const versions = existsSync(packaged)
    ? readdirSync(packaged).toSorted((a, b) => Number(b) - Number(a))
    : [];
  const folders = [
    ...versions.map((version) => join(packaged, version, 'bin')),
    ...(process.env.PATH ?? '').split(':'),
  ];
  const found = folders.find((folder) =>
    ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))),
  );
  if (found) return found;
  throw new Error('No PostgreSQL server was found: install one (Debian: apt-get install postgresql).');
}

async function findFreePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function waitUntilReady(connectionString) {
  const deadline = performance.now() + START_DEADLINE_MS;
  for (;;) {
    const client = new Client({ connectionString });
    try {
      await client.connect();
      const { rows } = await client.query('show server_version');
      return rows[0].server_version;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    } finally {
      await client.end();
    }
  }
}
