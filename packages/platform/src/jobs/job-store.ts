import type { Pool } from 'pg';
import type { JobAttempt, JobWithMetadata, PgBoss } from 'pg-boss';
import { z } from 'zod';

/** One attempt at one job. The attempt is part of every settlement, so a worker that lost its lease changes nothing. */
export interface ClaimedJob {
  queue: string;
  id: string;
  retryCount: number;
  priority: number;
  data: Record<string, unknown>;
  /** Of the job that was given up, when this one is its obituary. */
  source: { id: string; retryCount: number; output: unknown } | null;
}

/** What a worker does to jobs. The booleans say whether the attempt was still ours. */
export interface JobStore {
  /** The most urgent first. */
  claim(queue: string, options: ClaimOptions): Promise<ClaimedJob[]>;
  touch(job: ClaimedJob): Promise<boolean>;
  complete(job: ClaimedJob): Promise<boolean>;
  /** Queues a retry, or gives up when none is left. */
  fail(job: ClaimedJob, error: Error): Promise<boolean>;
  failForGood(job: ClaimedJob, error: Error): Promise<boolean>;
  /** Back into the queue at once, without using up a retry. */
  giveBack(job: ClaimedJob): Promise<boolean>;
}

export interface ClaimOptions {
  /** At most. */
  count: number;
  minPriority?: number | undefined;
}

export const PGBOSS_SCHEMA = 'pgboss';

export function createJobStore({ boss, pool }: { boss: PgBoss; pool: Pool }): JobStore {
  const fail = async (job: ClaimedJob, error: Error): Promise<boolean> => {
    const output = { name: error.name, message: error.message, stack: error.stack };
    return isAffected(await boss.fail(job.queue, toAttempt(job), output));
  };
  return {
    async claim(queue, { count, minPriority }) {
      const jobs = await boss.fetch<Record<string, unknown>>(queue, {
        batchSize: count,
        includeMetadata: true,
        ...(minPriority === undefined ? {} : { minPriority }),
      });
      return jobs.map((job) => toClaimedJob(queue, job));
    },
    touch: async (job) => isAffected(await boss.touch(job.queue, toAttempt(job))),
    complete: async (job) => isAffected(await boss.complete(job.queue, toAttempt(job))),
    fail,
    async failForGood(job, error) {
      await runOnAttempt(pool, 'retry_limit = retry_count', job);
      return fail(job, error);
    },
    // As pg-boss's own retry state, with one more retry allowed: the next claim counts as a new attempt, so what the
    // handler of this one may still do stays fenced off. pg-boss's restore() would repeat the attempt's number.
    giveBack: (job) =>
      runOnAttempt(
        pool,
        `state = 'retry', retry_limit = retry_limit + 1, start_after = now(), heartbeat_on = NULL`,
        job,
      ),
  };
}

function toAttempt({ id, retryCount }: ClaimedJob): JobAttempt {
  return { id, retryCount };
}

/** The count is there, but marked as internal and so missing from the published types. */
const commandResponse = z.object({ affected: z.number() });

function isAffected(response: unknown): boolean {
  return commandResponse.parse(response).affected > 0;
}

async function runOnAttempt(pool: Pool, changes: string, job: ClaimedJob): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE ${PGBOSS_SCHEMA}.job SET ${changes} WHERE name = $1 AND id = $2 AND retry_count = $3 AND state = 'active'`,
    [job.queue, job.id, job.retryCount],
  );
  return rowCount === 1;
}

function toClaimedJob(queue: string, job: JobWithMetadata<Record<string, unknown>>): ClaimedJob {
  const { id, retryCount, priority, data, sourceId, sourceRetryCount, sourceOutput } = job;
  const source =
    sourceId === null ? null : { id: sourceId, retryCount: sourceRetryCount ?? 0, output: sourceOutput };
  return { queue, id, retryCount, priority, data, source };
}
