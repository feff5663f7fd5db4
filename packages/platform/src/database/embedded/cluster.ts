import { randomUUID } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { Client, escapeIdentifier } from 'pg';
import type { Logger } from 'pino';
import { StartupError, systemErrorCode } from '../../errors.ts';
import type { ConnectionOptions } from '../connection.ts';
import { POSTGRES_MAJOR } from './binaries.ts';
import { askServer, findPostmaster, pollUntil, processesIn, readLastLines } from './postmaster.ts';
import type { RunAs } from './run-as.ts';
import { prepareSocketFolder, removeSocketFolder } from './socket-folder.ts';

/** One PostgreSQL cluster on disk and the server on it. Callers see to it that only one acts at a time. */
export interface Cluster {
  readonly description: string;
  start(): Promise<ConnectionOptions>;
  stop(): Promise<void>;
  isRunning(): Promise<boolean>;
}

export interface ClusterDeps {
  runAs: RunAs;
  logger: Logger;
  onProgress: (step: string) => void;
}

const USER = 'vodstack';
const DATABASE = 'vodstack';
const READY_TIMEOUT_MS = 60_000;
/** Crash recovery replays up to max_wal_size, and the server answers "starting up" meanwhile. */
const RECOVERY_TIMEOUT_MS = 600_000;
const FAST_STOP_MS = 20_000;
const IMMEDIATE_STOP_MS = 10_000;
const MAX_LOG_BYTES = 10_000_000;

export function createCluster(deps: ClusterDeps): Cluster {
  return new OwnCluster(deps);
}

class OwnCluster implements Cluster {
  readonly #runAs: RunAs;
  readonly #logger: Logger;
  readonly #onProgress: (step: string) => void;
  readonly #dataFolder: string;
  readonly #logPath: string;

  constructor({ runAs, logger, onProgress }: ClusterDeps) {
    this.#runAs = runAs;
    this.#logger = logger;
    this.#onProgress = onProgress;
    this.#dataFolder = join(runAs.home, 'data');
    this.#logPath = join(runAs.home, 'postgres.log');
  }

  get description(): string {
    return this.#runAs.description;
  }

  async start(): Promise<ConnectionOptions> {
    const host = await prepareSocketFolder(this.#runAs);
    const connection: ConnectionOptions = { host, port: 5432, user: USER, database: DATABASE };
    const maintenance = { ...connection, database: 'postgres' };
    if (await this.#hasCluster()) {
      await this.#assertMajor();
      if (await this.#adopt(maintenance)) return connection;
    } else {
      await this.#init();
    }
    this.#onProgress('Starting PostgreSQL');
    await this.#launch(host, maintenance);
    await ensureDatabase(maintenance);
    return connection;
  }

  async stop(): Promise<void> {
    const pid = (await this.#hasCluster()) ? await findPostmaster(this.#dataFolder) : null;
    if (pid !== null) await this.#stopServer(pid);
    await removeSocketFolder(this.#runAs.home);
  }

  async isRunning(): Promise<boolean> {
    return (await findPostmaster(this.#dataFolder)) !== null;
  }

  async #stopServer(pid: number): Promise<void> {
    if (await this.#signalAndWait(pid, 'SIGINT', FAST_STOP_MS)) return;
    this.#logger.warn({ pid }, 'PostgreSQL did not end its connections in time, stopping it at once');
    if (await this.#signalAndWait(pid, 'SIGQUIT', IMMEDIATE_STOP_MS)) return;
    throw new Error(`PostgreSQL (process ${pid}) does not stop`);
  }

  async #signalAndWait(pid: number, signal: NodeJS.Signals, timeoutMs: number): Promise<boolean> {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (systemErrorCode(error) === 'ESRCH') return true;
      throw error;
    }
    const isGone = await pollUntil(
      async () => ((await findPostmaster(this.#dataFolder)) === pid ? undefined : true),
      timeoutMs,
    );
    return isGone === true;
  }

  async #hasCluster(): Promise<boolean> {
    return (await stat(join(this.#dataFolder, 'PG_VERSION')).catch(() => null)) !== null;
  }

  async #assertMajor(): Promise<void> {
    const major = (await readFile(join(this.#dataFolder, 'PG_VERSION'), 'utf8')).trim();
    if (major === String(POSTGRES_MAJOR)) return;
    throw new StartupError(
      `${this.#dataFolder} was made by PostgreSQL ${major}, and this program brings PostgreSQL ${POSTGRES_MAJOR}: move its content with pg_dump, or move the folder away to begin anew.`,
    );
  }

  /** True when a server that was left running answers; waits for one that is starting or stopping. */
  async #adopt(connection: ConnectionOptions): Promise<boolean> {
    const outcome = await pollUntil(async () => {
      const pid = await findPostmaster(this.#dataFolder);
      if (pid === null) return processesIn(this.#dataFolder).length === 0 ? 'gone' : undefined;
      return (await askServer(connection)) === 'ready' ? 'ready' : undefined;
    }, READY_TIMEOUT_MS);
    if (outcome === undefined) {
      throw new StartupError(
        `A PostgreSQL server runs on ${this.#dataFolder} but does not answer: stop it and start again.`,
      );
    }
    if (outcome === 'ready') this.#logger.info('took over the PostgreSQL server that was still running');
    return outcome === 'ready';
  }

  /** Beside, then renamed: a half-made cluster is never taken for a whole one. */
  async #init(): Promise<void> {
    this.#onProgress('Creating the database');
    await this.#removeHalfMade();
    const temporary = `${this.#dataFolder}.init-${randomUUID().slice(0, 8)}`;
    const { file, args, options } = this.#runAs.toCommand('initdb', [
      `--pgdata=${temporary}`,
      `--username=${USER}`,
      '--auth=trust',
      '--encoding=UTF8',
      '--no-locale',
      // Sorting by code point as with C, but upper and lower case of every script, so that ILIKE works.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
    ]);
    const result = await execa(file, args, { ...options, reject: false, all: true });
    if (result.failed) throw new StartupError(`PostgreSQL's initdb failed: ${lastLines(result.all ?? '')}`);
    await rename(temporary, this.#dataFolder);
    await using folder = await open(this.#runAs.home, 'r');
    await folder.sync();
  }

  async #removeHalfMade(): Promise<void> {
    const halves = (await readdir(this.#runAs.home)).filter((name) => name.startsWith('data.init-'));
    for (const name of halves) await rm(join(this.#runAs.home, name), { recursive: true, force: true });
    if (halves.length > 0) this.#logger.info('removed a database whose creation was cut off');
  }

  async #launch(socketFolder: string, connection: ConnectionOptions): Promise<void> {
    const child = await this.#spawn(socketFolder);
    let exit: string | undefined;
    child.once('error', (error) => (exit = error.message));
    child.once('exit', (code, signal) => (exit = signal ?? `exit code ${code}`));
    const startedAt = Date.now();
    const outcome = await pollUntil(async () => {
      if (exit !== undefined) return 'ended';
      const answer = await askServer(connection);
      if (answer === 'ready') return 'ready';
      return answer === 'silent' && Date.now() - startedAt > READY_TIMEOUT_MS ? 'silent' : undefined;
    }, RECOVERY_TIMEOUT_MS);
    if (outcome === 'ready') return;
    const what = outcome === 'ended' ? `ended (${exit})` : 'did not become ready in time';
    throw new StartupError(`PostgreSQL ${what}: ${readLastLines(this.#logPath, 12) || 'its log is empty'}`);
  }

  async #spawn(socketFolder: string): Promise<ChildProcess> {
    await rotateLog(this.#logPath);
    await using log = await open(this.#logPath, 'a', 0o600);
    const { file, args, options } = this.#runAs.toCommand('postgres', [
      '-D',
      this.#dataFolder,
      '-k',
      socketFolder,
      ...toSettings(),
    ]);
    // A session of its own: a terminal's Ctrl-C must not end the server before those who use it.
    const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', log.fd, log.fd] });
    child.unref();
    return child;
  }
}

function toSettings(): string[] {
  const settings = {
    listen_addresses: '',
    unix_socket_permissions: '0700',
    shared_buffers: '128MB',
    max_connections: '50',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] ',
    log_checkpoints: 'off',
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function rotateLog(path: string): Promise<void> {
  const size = (await stat(path).catch(() => null))?.size ?? 0;
  if (size > MAX_LOG_BYTES) await rename(path, `${path}.1`);
}

async function ensureDatabase(maintenance: ConnectionOptions): Promise<void> {
  const client = new Client(maintenance);
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(DATABASE)}`);
  } finally {
    await client.end();
  }
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-12).join('\n');
}
