import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findInterpreters } from '@vodstack/functions';
import { errorMessage, type Logger, writeDurably } from '@vodstack/platform';

/** The Python packages that the cloud's runtime brings along. */
export interface PythonLayer {
  /** What goes on the path of a Python function: the layer, or what says at the import why there is none. */
  folder(): string;
  /** Gets the packages in the background, unless they are there, or an attempt has failed lately. */
  wish(): void;
  stop(): Promise<void>;
}

export interface PythonLayerOptions {
  readonly dataFolder: string;
  /** A folder of the owner's: then nothing is installed. */
  readonly given: string | undefined;
  readonly logger: Logger;
  readonly clock: () => Date;
}

const PACKAGE = 'tencentcloud-sdk-python';
const INSTALL_TIMEOUT_MS = 10 * 60_000;
const RETRY_AFTER_MS = 10 * 60_000;
const DRAFT = '.python-';

export async function openPythonLayer(options: PythonLayerOptions): Promise<PythonLayer> {
  const { dataFolder, given, logger, clock } = options;
  const place = given ?? join(dataFolder, 'layers', 'python');
  const hint = join(dataFolder, 'redirect', 'python-hint');
  const stopped = new AbortController();
  let running: Promise<void> | undefined;
  let notBefore = 0;
  const write = (reason: string): Promise<void> => writeHint(hint, place, reason);
  await write('');

  const install = async (): Promise<void> => {
    await write('It is being installed at this moment: call again in a minute. Otherwise ');
    try {
      await installInto(place, stopped.signal);
      logger.info({ folder: place }, 'the SDK for Python functions is installed');
    } catch (error) {
      const reason = firstLine(error);
      logger.warn({ reason }, 'the SDK for Python functions could not be installed; they go without');
      await write(`pip could not install it (${reason}). `);
    }
  };
  return {
    folder: () => (existsSync(place) ? place : hint),
    wish() {
      const now = clock().getTime();
      if (given !== undefined || running || now < notBefore || stopped.signal.aborted || existsSync(place))
        return;
      notBefore = now + RETRY_AFTER_MS;
      running = install()
        .catch((err: unknown) => logger.error({ err }, 'the layer for Python functions could not be made'))
        .finally(() => (running = undefined));
    },
    async stop() {
      stopped.abort();
      await running;
    },
  };
}

/** Stands in for the SDK while there is no layer: importing it then says what to do. */
async function writeHint(folder: string, place: string, reason: string): Promise<void> {
  const advice = `${PACKAGE} is not installed for functions. ${reason}Run "python3 -m pip install --target ${place} tencentcloud-sdk-python-vod" (any of the SDK's packages), name a folder with it in VODSTACK_PYTHON_LAYER, or pack it with the function.`;
  await writeDurably(
    join(folder, 'tencentcloud', '__init__.py'),
    `raise ModuleNotFoundError(${JSON.stringify(advice)}, name="tencentcloud")\n`,
    0o644,
  );
}

/** Takes its place whole. Only wheels: a source package would run its own code here. */
async function installInto(place: string, signal: AbortSignal): Promise<void> {
  const { python } = await findInterpreters();
  if (!python) throw new Error('there is no Python 3.6 or newer');
  const parent = join(place, '..');
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent))
    if (name.startsWith(DRAFT)) await rm(join(parent, name), { recursive: true, force: true });
  const draft = join(parent, DRAFT + randomUUID());
  const pip = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--only-binary', ':all:'];
  const limits = ['--retries', '1', '--timeout', '15'];
  try {
    await promisify(execFile)(python.file, [...pip, ...limits, '--target', draft, PACKAGE], {
      timeout: INSTALL_TIMEOUT_MS,
      killSignal: 'SIGKILL',
      signal,
    });
    await rename(draft, place);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** pip's own words where there are some. */
function firstLine(error: unknown): string {
  const stderr =
    error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : '';
  const line = stderr.split('\n').findLast((each) => each.startsWith('ERROR:')) ?? stderr.split('\n')[0];
  return (line === undefined || line === '' ? errorMessage(error) : line).trim().slice(0, 300);
}
