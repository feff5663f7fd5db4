import type { VodContext } from '../../context.ts';
import { redispatch } from './redispatch.ts';

/** An event that an endpoint did not take in all its time. */
export interface DeadLetter {
  readonly eventId: number;
  readonly endpointId: number;
  readonly url: string;
  readonly type: string;
  readonly fileId: string;
  readonly attempts: number;
  readonly reason: string | null;
  readonly createdAt: string;
  readonly deadAt: string | null;
}

export interface DeadLetterQuery {
  readonly endpointId?: number | undefined;
  /** Only events before this one. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** At most so many in one redrive, the oldest first. */
const MAX_REDRIVEN = 1000;

/** The newest events first. */
export async function listDeadLetters({ db }: VodContext, query: DeadLetterQuery): Promise<DeadLetter[]> {
  const { endpointId, before } = query;
  const rows = await db
    .selectFrom('vod.dispatch as dead')
    .innerJoin('vod.event as event', 'event.event_id', 'dead.event_id')
    .innerJoin('vod.endpoint as endpoint', 'endpoint.endpoint_id', 'dead.endpoint_id')
    .selectAll('dead')
    .select(['event.type', 'event.created_at', 'endpoint.url'])
    .where('dead.state', '=', 'dead')
    .$if(endpointId !== undefined, (select) => select.where('dead.endpoint_id', '=', endpointId ?? 0))
    .$if(before !== undefined, (select) => select.where('dead.event_id', '<', before ?? 0))
    .orderBy('dead.event_id', 'desc')
    .orderBy('dead.endpoint_id')
    .limit(query.limit)
    .execute();
  return rows.map((row) => ({
    eventId: row.event_id,
    endpointId: row.endpoint_id,
    url: row.url,
    type: row.type,
    fileId: row.file_id,
    attempts: row.attempts,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
    deadAt: row.settled_at?.toISOString() ?? null,
  }));
}

export interface RedriveQuery {
  readonly endpointId?: number | undefined;
  readonly eventIds?: readonly number[] | undefined;
}

/** Puts dead letters on their way again, with a schedule of their own. @returns the events' ids, oldest first */
export async function redriveDeadLetters({ db }: VodContext, query: RedriveQuery): Promise<number[]> {
  const { endpointId, eventIds } = query;
  return await db.transaction().execute(async (tx) => {
    const dead = await tx
      .selectFrom('vod.dispatch')
      .select('event_id')
      .where('state', '=', 'dead')
      .$if(endpointId !== undefined, (select) => select.where('endpoint_id', '=', endpointId ?? 0))
      .$if(eventIds !== undefined, (select) => select.where('event_id', 'in', [0, ...(eventIds ?? [])]))
      .orderBy('event_id')
      .limit(MAX_REDRIVEN)
      .forUpdate()
      .execute();
    const ids = dead.map(({ event_id }) => event_id);
    return await redispatch(tx, { eventIds: ids, states: ['dead'], endpointId });
  });
}
