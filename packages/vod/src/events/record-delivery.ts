import type { Insertable } from 'kysely';
import type { DeliveryTable, VodDb } from '../tables.ts';
import type { FaultKind } from './faults/fault-kinds.ts';
import type { PostResult } from './http-post.ts';

/** One send with what came of it. */
export interface Exchange {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly result: PostResult;
  /** What was done wrong on purpose. */
  readonly injected: readonly FaultKind[];
}

type Circumstances = Pick<
  Insertable<DeliveryTable>,
  'event_id' | 'attempt' | 'endpoint_id' | 'next_attempt_at' | 'next_reason'
>;

/** Keeps the exact request and answer, and those of a double that a fault asked for. */
export async function insertDeliveries(
  tx: VodDb,
  [exchange, ...doubles]: readonly [Exchange, ...Exchange[]],
  circumstances: Circumstances,
): Promise<void> {
  await insertDelivery(tx, exchange, circumstances);
  for (const double of doubles)
    await insertDelivery(tx, double, { ...circumstances, next_attempt_at: null, next_reason: null });
}

async function insertDelivery(tx: VodDb, exchange: Exchange, circumstances: Circumstances): Promise<void> {
  const { result } = exchange;
  const isAnswered = result.outcome === 'answered';
  await tx
    .insertInto('vod.delivery')
    .values({
      ...circumstances,
      url: exchange.url,
      request_headers: JSON.stringify(exchange.headers),
      request_body: exchange.body,
      response_status: isAnswered ? result.status : null,
      response_headers: isAnswered ? JSON.stringify(result.headers) : null,
      response_body: isAnswered ? result.body : null,
      error: isAnswered ? null : result.message,
      started_at: exchange.startedAt,
      duration_ms: exchange.durationMs,
      injected: exchange.injected.length === 0 ? null : JSON.stringify(exchange.injected),
    })
    .execute();
}
