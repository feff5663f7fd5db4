import { join } from 'node:path';
import { createLogger, loadConfig } from '@vodstack/platform';
import { startWorker } from '@vodstack/server';
import { openLog } from './open-log.ts';
import { printStep } from './print-step.ts';
import { aborted, listenForStop } from './stop-signals.ts';

export interface WorkerFlags {
  readonly data?: string;
  readonly blobs?: string;
  readonly slots?: string;
}

/** Beyond the time for finishing: for giving back what is unfinished, and closing. */
const STOP_GRACE_MS = 20_000;

/**
 * `vodstack worker`: does tasks until a signal ends it.
 * @throws StartupError, ConfigError
 */
export async function runWorker(flags: WorkerFlags): Promise<void> {
  const config = loadConfig({
    env: process.env,
    options: { dataFolder: flags.data, blobsFolder: flags.blobs, transcodeConcurrency: flags.slots },
  });
  const logPath = join(config.dataFolder, 'vodstack-worker.log');
  const logger = createLogger({ level: config.logLevel, destination: await openLog(logPath) });
  const signals = listenForStop(
    () =>
      console.log(
        `\n  Finishing what has begun, for ${config.drainSec} s at most; once more Ctrl-C ends it now.`,
      ),
    () => console.log('\n  Giving back what is unfinished …'),
  );
  try {
    const worker = await startWorker({ config, logger, signal: signals.first, onProgress: printStep });
    console.log(
      [
        '',
        `  The worker ${worker.name} is ready.`,
        '',
        `  At once          ${worker.slots} task${worker.slots === 1 ? '' : 's'}`,
        `  Database         ${worker.description.database}`,
        `  Media            ${config.blobsFolder}`,
        `  Transcoder       ${worker.description.ffmpeg}`,
        `  Log              ${logPath}`,
        '',
        '  Ctrl-C stops it.',
      ].join('\n'),
    );
    await aborted(signals.first);
    const drainMs = config.drainSec * 1000;
    setTimeout(() => process.exit(1), drainMs + STOP_GRACE_MS).unref();
    await worker.stop({ drain: AbortSignal.any([AbortSignal.timeout(drainMs), signals.second]) });
  } catch (error) {
    if (!signals.first.aborted) throw error;
    if (error !== signals.first.reason)
      logger.error({ err: error }, 'the worker could not be stopped cleanly');
  }
  process.exit(0);
}
