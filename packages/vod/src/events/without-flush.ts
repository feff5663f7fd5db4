import { sql } from 'kysely';
import type { VodDb } from '../tables.ts';

/**
 * A transaction whose commit does not wait for the disk: for leases. One that a power cut takes away only means that the event is
 * claimed anew, and no event is sent before its own commit has been flushed.
 */
export async function withoutFlush<Result>(db: VodDb, work: (tx: VodDb) => Promise<Result>): Promise<Result> {
  return await db.transaction().execute(async (tx) => {
    await sql`set local synchronous_commit = off`.execute(tx);
    return await work(tx);
  });
}
