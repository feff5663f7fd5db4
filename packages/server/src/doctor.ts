import { execFile } from 'node:child_process';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { inspectRuntime } from '@vodstack/functions';
import { type Config, createDatabase, createLogger, errorMessage, findMediaTools } from '@vodstack/platform';

/** One thing that a server needs, or does better with. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failed';
  /** What was found; with a problem, what to do about it. */
  readonly text: string;
}

type Finding = Omit<Check, 'name'>;

const WANTED_NODE_MAJOR = 24;
const WANTED_ENCODERS = ['libx264', 'aac'];
const MIN_FREE_BYTES = 2 * 1024 ** 3;
const PROBE_TIMEOUT_MS = 20_000;

/** Looks at everything on its own: one failure hides no other. Changes nothing. */
export async function runChecks(config: Config): Promise<Check[]> {
  const checks: [name: string, check: () => Promise<Finding>][] = [
    ['node', () => Promise.resolve(checkNode())],
    ['ffmpeg', () => checkFfmpeg(config)],
    ['database', () => checkDatabase(config)],
    ['sandbox', checkSandbox],
    ['python', checkPython],
    ['port', () => checkPort(config)],
    ['disk', () => checkDisk(config)],
  ];
  return Promise.all(
    checks.map(async ([name, check]) => {
      const finding = await check().catch((error: unknown): Finding => failed(errorMessage(error)));
      return { name, ...finding };
    }),
  );
}

const ok = (text: string): Finding => ({ state: 'ok', text });
const warning = (text: string): Finding => ({ state: 'warning', text });
const failed = (text: string): Finding => ({ state: 'failed', text });

function checkNode(): Finding {
  const major = Number.parseInt(process.versions.node, 10);
  return major >= WANTED_NODE_MAJOR
    ? ok(process.version)
    : failed(`${process.version}, but ${WANTED_NODE_MAJOR} or newer is needed: install it from nodejs.org.`);
}

async function checkFfmpeg(config: Config): Promise<Finding> {
  const { ffmpegPath, version } = await findMediaTools(config);
  const { stdout } = await promisify(execFile)(ffmpegPath, ['-hide_banner', '-encoders'], {
    timeout: PROBE_TIMEOUT_MS,
  });
  const missing = WANTED_ENCODERS.filter((encoder) => !new RegExp(`^ \\S+ ${encoder} `, 'm').test(stdout));
  if (missing.length === 0) return ok(`${version}, with ${WANTED_ENCODERS.join(' and ')}`);
  return failed(
    `${version} lacks the encoders ${missing.join(', ')}: install a full build, or set FFMPEG_PATH.`,
  );
}

async function checkDatabase({ databaseUrl }: Config): Promise<Finding> {
  if (databaseUrl === undefined) return ok('the embedded PostgreSQL is used');
  const host = new URL(databaseUrl).host;
  const database = createDatabase({
    connection: { connectionString: databaseUrl },
    logger: createLogger({ level: 'silent' }),
  });
  try {
    await database.pool.query('select 1');
    return ok(`PostgreSQL at ${host} answers`);
  } catch (error) {
    return failed(
      `PostgreSQL at ${host} cannot be used (${errorMessage(error)}): check VODSTACK_DATABASE_URL.`,
    );
  } finally {
    await database.close();
  }
}

async function checkSandbox(): Promise<Finding> {
  const { isolation } = await inspect();
  return isolation.kind === 'bubblewrap'
    ? ok(`functions run in ${isolation.description}`)
    : warning(`functions run as ${isolation.description}`);
}

async function checkPython(): Promise<Finding> {
  const { python } = await inspect();
  return python === undefined
    ? warning('there is no Python 3.6 or newer, which Python functions need: install python3.')
    : ok(`${python} for Python functions`);
}

async function inspect(): ReturnType<typeof inspectRuntime> {
  const folder = await mkdtemp(join(tmpdir(), 'vodstack-doctor-'));
  try {
    return await inspectRuntime(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function checkPort({ host, port }: Config): Promise<Finding> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      resolve(
        warning(
          `${host}:${port} cannot be listened on (${errorMessage(error)}): stop what uses it, or set VODSTACK_PORT.`,
        ),
      );
    });
    server.listen(port, host, () => server.close(() => resolve(ok(`${host}:${port} is free`))));
  });
}

async function checkDisk({ dataFolder }: Config): Promise<Finding> {
  const { bavail, bsize } = await statNearest(dataFolder);
  const free = Number(bavail) * Number(bsize);
  const text = `${Math.round(free / 1024 ** 2)} MB free for ${dataFolder}`;
  return free >= MIN_FREE_BYTES
    ? ok(text)
    : warning(`${text}: videos need more, set VODSTACK_DATA to a larger disk.`);
}

/** The data folder is made only at the first start. */
async function statNearest(folder: string): ReturnType<typeof statfs> {
  try {
    return await statfs(folder);
  } catch (error) {
    if (dirname(folder) === folder) throw error;
    return statNearest(dirname(folder));
  }
}
