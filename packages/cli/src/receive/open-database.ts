import { join, resolve } from 'node:path';
import { createEmbeddedPostgres, createLogger } from '@vodstack/platform';
import { createReceiverPool } from '@vodstack/receiver';
import type { ReceiveConfig } from './config.ts';

export interface ReceiverDatabase {
  readonly pool: ReturnType<typeof createReceiverPool>;
  /** One sentence: where it is. */
  readonly description: string;
  close(): Promise<void>;
}

/** The PostgreSQL that is configured, or one of our own in the data folder, which other commands may use at the same time. */
export async function openReceiverDatabase(
  { databaseUrl, dataFolder }: Pick<ReceiveConfig, 'databaseUrl' | 'dataFolder'>,
  log: (line: string) => void,
): Promise<ReceiverDatabase> {
  if (databaseUrl !== undefined) {
    const pool = createReceiverPool({ connectionString: databaseUrl }, log);
    return { pool, description: 'the PostgreSQL that is configured', close: () => pool.end() };
  }
  const folder = join(resolve(dataFolder), 'postgres');
  const embedded = createEmbeddedPostgres({ folder, logger: createLogger({ level: 'silent' }) });
  const pool = createReceiverPool(await embedded.start(), log);
  return {
    pool,
    description: `PostgreSQL in ${folder}`,
    async close() {
      await pool.end();
      await embedded.stop();
    },
  };
}
