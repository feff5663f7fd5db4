import { CompiledQuery } from 'kysely';
import type { QueryRunner } from './query-runner.ts';

/** The channel that live listeners (the console) follow. */
export const LIVE_CHANNEL = 'vodstack_live';

/** What changed; the listener reads the row itself. */
export interface LiveChange {
  kind: 'media' | 'task' | 'event' | 'delivery' | 'function' | 'log' | 'config';
  id: string;
}

/** Tells live listeners of a change. Inside a transaction they hear of it when, and only if, it commits. */
export async function notifyLive(db: QueryRunner, { kind, id }: LiveChange): Promise<void> {
  const payload = JSON.stringify({ kind, id });
  await db.executeQuery(CompiledQuery.raw('SELECT pg_notify($1, $2)', [LIVE_CHANNEL, payload]));
}
