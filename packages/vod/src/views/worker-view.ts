import { sql } from 'kysely';
import type { VodContext } from '../context.ts';

export interface WorkerView {
  readonly workerId: string;
  readonly name: string;
  readonly role: 'server' | 'worker';
  readonly version: string;
  readonly cores: number;
  /** How many tasks it works on at once; 0 when it leaves them to others. */
  readonly slots: number;
  /** `silent`: it has shown no sign of life for a while. */
  readonly state: 'ready' | 'draining' | 'silent';
  readonly startedAt: string;
  readonly seenAt: string;
  /** TaskIds of what it is at. */
  readonly tasks: readonly string[];
}

/** Three beats of the registry. */
const SILENT_AFTER_SEC = 15;

/** Every process that works on tasks, the longest-running first. */
export async function listWorkers({ db }: Pick<VodContext, 'db'>): Promise<WorkerView[]> {
  const rows = await db
    .selectFrom('vod.worker')
    .selectAll()
    .select(sql<boolean>`seen_at < now() - make_interval(secs => ${SILENT_AFTER_SEC})`.as('is_silent'))
    .orderBy('started_at')
    .execute();
  const tasks = await db
    .selectFrom('vod.task')
    .select(['task_id', 'worker_id'])
    .where('status', '=', 'PROCESSING')
    .where('worker_id', 'is not', null)
    .orderBy('task_id')
    .execute();
  const byWorker = Map.groupBy(tasks, ({ worker_id }) => worker_id);
  return rows.map((row) => ({
    workerId: row.worker_id,
    name: row.name,
    role: row.role,
    version: row.version,
    cores: row.cores,
    slots: row.slots,
    state: row.is_silent ? 'silent' : row.state,
    startedAt: row.started_at.toISOString(),
    seenAt: row.seen_at.toISOString(),
    tasks: (byWorker.get(row.worker_id) ?? []).map(({ task_id }) => task_id),
  }));
}
