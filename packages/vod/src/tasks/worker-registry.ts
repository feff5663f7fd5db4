import { availableParallelism } from 'node:os';
import { sql } from 'kysely';
import type { VodContext } from '../context.ts';

/** How a process that works on tasks introduces itself. */
export interface WorkerIdentity {
  /** For people, such as the machine's name. */
  readonly name: string;
  readonly role: 'server' | 'worker';
  readonly version: string;
  /** How many tasks it works on at once. */
  readonly slots: number;
}

/** Keeps this process's row in `vod.worker` fresh, and clears away those of processes that are gone. */
export interface WorkerRegistry {
  start(): Promise<void>;
  /** Shows that it takes no new tasks. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

const BEAT_MS = 5_000;
/** A worker that has been silent for this long is not shown any more; its tasks were taken over long before. */
const FORGOTTEN_AFTER_SEC = 300;

export function createWorkerRegistry(
  { db, workerId, logger }: Pick<VodContext, 'db' | 'workerId' | 'logger'>,
  identity: WorkerIdentity,
): WorkerRegistry {
  let timer: NodeJS.Timeout | undefined;
  let state: 'ready' | 'draining' = 'ready';

  /** An upsert: a row that others have cleared away while this process was asleep comes back. */
  async function beat(): Promise<void> {
    const row = { ...identity, state, cores: availableParallelism() };
    await db
      .insertInto('vod.worker')
      .values({ worker_id: workerId, ...row })
      .onConflict((conflict) => conflict.column('worker_id').doUpdateSet({ ...row, seen_at: sql`now()` }))
      .execute();
    await db
      .deleteFrom('vod.worker')
      .where('seen_at', '<', sql<Date>`now() - make_interval(secs => ${FORGOTTEN_AFTER_SEC})`)
      .execute();
  }

  const tryBeat = (): Promise<void> =>
    beat().catch((err: unknown) => logger.debug({ err }, 'this worker cannot be shown as alive'));

  return {
    async start() {
      // Whoever had this name has died: it belongs to one living process.
      await db
        .deleteFrom('vod.worker')
        .where('name', '=', identity.name)
        .where('role', '=', identity.role)
        .execute();
      await beat();
      timer = setInterval(() => void tryBeat(), BEAT_MS);
    },
    async drain() {
      if (!timer) return;
      state = 'draining';
      await tryBeat();
    },
    async stop() {
      if (!timer) return;
      clearInterval(timer);
      timer = undefined;
      await db.deleteFrom('vod.worker').where('worker_id', '=', workerId).execute();
    },
  };
}
