import { join } from 'node:path';
import {
  type Config,
  assertClockFits,
  createDatabase,
  createEmbeddedPostgres,
  type Database,
  errorMessage,
  openVirtualClock,
  type Logger,
  StartupError,
  VIRTUAL_CLOCK_OPTIONS,
  type VirtualClock,
} from '@vodstack/platform';
import type { StopStack } from './stop-stack.ts';

export interface OpenDatabaseOptions {
  readonly config: Pick<Config, 'databaseUrl' | 'dataFolder' | 'virtualClock'>;
  readonly logger: Logger;
  readonly onProgress: (step: string) => void;
  readonly stack: StopStack;
}

/** The configured PostgreSQL, or the embedded one of the data folder, which is shared with whoever uses it too. */
export async function openDatabase(
  options: OpenDatabaseOptions,
): Promise<{ database: Database; description: string; virtualClock: VirtualClock | undefined }> {
  const isVirtual = options.config.virtualClock;
  const opened = await connect(options);
  await assertClockFits(opened.database, isVirtual);
  return { ...opened, virtualClock: isVirtual ? await openVirtualClock(opened.database) : undefined };
}

async function connect({
  config,
  logger,
  onProgress,
  stack,
}: OpenDatabaseOptions): Promise<{ database: Database; description: string }> {
  const session = config.virtualClock ? { options: VIRTUAL_CLOCK_OPTIONS } : {};
  if (config.databaseUrl !== undefined) {
    onProgress('Connecting to PostgreSQL');
    const database = createDatabase({
      connection: { connectionString: config.databaseUrl, ...session },
      logger,
    });
    stack.push('database', () => database.close());
    await assertReachable(database, config.databaseUrl);
    return { database, description: `PostgreSQL at ${new URL(config.databaseUrl).host}` };
  }
  onProgress('Starting the embedded PostgreSQL');
  const folder = join(config.dataFolder, 'postgres');
  const embedded = createEmbeddedPostgres({ folder, logger, onProgress });
  stack.push('embedded PostgreSQL', () => embedded.stop());
  const database = createDatabase({ connection: { ...(await embedded.start()), ...session }, logger });
  stack.push('database', () => database.close());
  return { database, description: embedded.describe() };
}

async function assertReachable(database: Database, url: string): Promise<void> {
  try {
    await database.pool.query('select 1');
  } catch (error) {
    throw new StartupError(
      `PostgreSQL at ${new URL(url).host} cannot be used (${errorMessage(error)}): check VODSTACK_DATABASE_URL.`,
      { cause: error },
    );
  }
}
