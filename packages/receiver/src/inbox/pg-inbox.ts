import type { Pool } from 'pg';
import type { Arrival } from './arrival.ts';
import { Batcher } from './batcher.ts';
import { isDataError } from './data-error.ts';
import type {
  ClaimedEvent,
  DeadLetter,
  FreshTaker,
  Inbox,
  InboxState,
  Novelty,
  RedriveFilter,
  Settlement,
} from './inbox.ts';

interface Settled {
  readonly event: ClaimedEvent;
  readonly settlement: Settlement;
}

/** How long equal content of a kind that can recur counts as a repeated delivery; the cloud sends again within 15 s. */
const REPETITION_WINDOW = '1 hour';
const PURGE_PORTION = 10_000;

// Plain SQL instead of a query builder: arrays keep these statements constant, so that each is parsed and planned once per connection.
const AGAIN = `(excluded.dedupe_key = any ($3::text[]) and known.state = 'done'
  and known.last_seen_at < now() - interval '${REPETITION_WINDOW}')`;

// What this process is going to work on at once is claimed as it is stored, unless the file has an earlier event that is not done.
const STORE = `
  insert into receiver.inbox as known (dedupe_key, source, event_type, file_id, task_id, order_key, body, headers, attempts, due_at)
  select dedupe_key, source, event_type, file_id, task_id, order_key,
    substring($2::bytea from body_from for body_length), headers,
    claimed::integer, case when claimed then now() + $4 * interval '1 ms' else now() end
  from json_to_recordset($1::json) as arrival (dedupe_key text, source text, event_type text, file_id text, task_id text,
    order_key text, headers json, body_from integer, body_length integer, wanted boolean),
    lateral (select wanted and not exists (select from receiver.inbox as earlier
      where earlier.order_key = arrival.order_key and earlier.state = 'pending') as claimed) as own
  on conflict (dedupe_key) do update set times_seen = known.times_seen + 1, last_seen_at = now(),
    state = case when ${AGAIN} then 'pending' else known.state end,
    due_at = case when ${AGAIN} then now() else known.due_at end,
    retry_from = case when ${AGAIN} then now() else known.retry_from end
  returning dedupe_key, times_seen = 1 as is_new, event_id::text, received_at, times_seen = 1 and attempts = 1 as is_claimed`;

const CLAIM = `
  with ready as (
    select event_id from receiver.inbox as due
    where state = 'pending' and due_at <= now() and not exists (
      select from receiver.inbox as earlier
      where earlier.order_key = due.order_key and earlier.event_id < due.event_id and earlier.state = 'pending')
    order by due_at limit $1 for update skip locked)
  update receiver.inbox as inbox set attempts = attempts + 1, due_at = now() + $2 * interval '1 ms'
  from ready where inbox.event_id = ready.event_id
  returning inbox.event_id::text, event_type, source, body, attempts, received_at,
    (extract(epoch from now() - retry_from) * 1000)::float8 as retried_for_ms`;

const SETTLE = `
  update receiver.inbox as inbox set state = settled.state, error = settled.error,
    due_at = now() + settled.retry_in_ms * interval '1 ms',
    finished_at = case when settled.state = 'pending' then null else now() end
  from unnest($1::bigint[], $2::integer[], $3::text[], $4::text[], $5::float8[])
    as settled (event_id, attempts, state, error, retry_in_ms)
  where inbox.event_id = settled.event_id and inbox.attempts = settled.attempts and inbox.state = 'pending'`;

const EXTEND = `
  update receiver.inbox as inbox set due_at = now() + $3 * interval '1 ms'
  from unnest($1::bigint[], $2::integer[]) as running (event_id, attempts)
  where inbox.event_id = running.event_id and inbox.attempts = running.attempts and inbox.state = 'pending'`;

/** The inbox in PostgreSQL (`receiver.inbox`). Needs `migrateReceiver`. */
export class PgInbox implements Inbox {
  readonly #pool: Pool;
  readonly #taker: (() => FreshTaker) | undefined;
  readonly #arrivals: Batcher<Arrival, Novelty>;
  readonly #settlements: Batcher<Settled, void>;

  /** @param taker asked with every write; without one, every event waits to be claimed */
  constructor(pool: Pool, taker?: () => FreshTaker) {
    this.#pool = pool;
    this.#taker = taker;
    this.#arrivals = new Batcher({
      flush: (arrivals) => this.#storeAllOrEach(arrivals),
      sizeOf: ({ body }) => body.byteLength,
    });
    this.#settlements = new Batcher<Settled, void>({ flush: (settled) => this.#settleAll(settled) });
  }

  get waitingBytes(): number {
    return this.#arrivals.waitingBytes;
  }

  store(arrival: Arrival): Promise<Novelty> {
    return this.#arrivals.add(arrival);
  }

  settle(event: ClaimedEvent, settlement: Settlement): Promise<void> {
    return this.#settlements.add({ event, settlement });
  }

  async claim(limit: number, leaseMs: number): Promise<readonly ClaimedEvent[]> {
    const { rows } = await this.#pool.query<ClaimRow>({
      name: 'receiver-claim',
      text: CLAIM,
      values: [limit, leaseMs],
    });
    return rows.map((row) => toClaimedEvent(row));
  }

  async extend(events: readonly ClaimedEvent[], leaseMs: number): Promise<void> {
    const ids = events.map(({ eventId }) => eventId);
    const attempts = events.map(({ attempt }) => attempt);
    if (ids.length > 0) await this.#pool.query(EXTEND, [ids, attempts, leaseMs]);
  }

  async redrive({ eventIds, eventType }: RedriveFilter = {}): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `update receiver.inbox set state = 'pending', due_at = now(), retry_from = now(), error = null, finished_at = null
       where state = 'dead' and ($1::bigint[] is null or event_id = any ($1)) and ($2::text is null or event_type = $2)`,
      [eventIds ?? null, eventType ?? null],
    );
    return rowCount ?? 0;
  }

  async listDead(limit: number): Promise<readonly DeadLetter[]> {
    const { rows } = await this.#pool.query<DeadLetter>(
      `select event_id::text as "eventId", event_type as "eventType", file_id as "fileId", coalesce(error, '') as error, attempts,
         received_at as "receivedAt" from receiver.inbox where state = 'dead' order by event_id desc limit $1`,
      [limit],
    );
    return rows;
  }

  async readState(): Promise<InboxState> {
    const { rows } = await this.#pool.query<InboxState>(
      `select (select count(*)::integer from receiver.inbox where state = 'pending') as pending,
         (select count(*)::integer from receiver.inbox where state = 'dead') as dead,
         (select count(*)::integer from receiver.inbox where source = 'reconciled') as reconciled,
         (select coalesce(extract(epoch from now() - min(received_at)), 0)::float8 from receiver.inbox where state = 'pending')
           as "oldestPendingSec"`,
    );
    return rows[0] ?? { pending: 0, dead: 0, reconciled: 0, oldestPendingSec: 0 };
  }

  async purge(olderThanMs: number): Promise<number> {
    let removed = 0;
    for (;;) {
      // In portions, so that no statement runs into its time limit.
      const { rowCount } = await this.#pool.query(
        `delete from receiver.inbox where event_id in (
           select event_id from receiver.inbox
           where state = 'done' and finished_at < now() - $1 * interval '1 ms' order by event_id limit ${PURGE_PORTION})`,
        [olderThanMs],
      );
      removed += rowCount ?? 0;
      if ((rowCount ?? 0) < PURGE_PORTION) return removed;
    }
  }

  async idle(): Promise<void> {
    await Promise.all([this.#arrivals.idle(), this.#settlements.idle()]);
  }

  /** A value that the database refuses must not take its neighbours with it. */
  async #storeAllOrEach(arrivals: readonly Arrival[]): Promise<readonly (Novelty | Error)[]> {
    try {
      return await this.#storeAll(arrivals);
    } catch (error) {
      if (!isDataError(error) || arrivals.length === 1) throw error;
      const results = await Promise.allSettled(arrivals.map((arrival) => this.#storeAll([arrival])));
      return results.map((result) =>
        result.status === 'fulfilled' ? (result.value[0] ?? 'known') : (result.reason as Error),
      );
    }
  }

  async #storeAll(arrivals: readonly Arrival[]): Promise<readonly Novelty[]> {
    const unique = [...new Map(arrivals.map((arrival) => [arrival.dedupeKey, arrival])).values()]
      // Two batches that lock the same rows in different orders could deadlock.
      .toSorted((a, b) => (a.dedupeKey < b.dedupeKey ? -1 : 1));
    const taker = this.#taker?.();
    const { rows } = await this.#pool.query<StoredRow>({
      name: 'receiver-store',
      text: STORE,
      values: [...toParameters(unique, taker?.room ?? 0), taker?.leaseMs ?? 0],
    });
    if (taker) handOver(taker, unique, rows);
    const fresh = new Set(rows.flatMap(({ dedupe_key: key, is_new: isNew }) => (isNew ? [key] : [])));
    // Of several deliveries in one batch the first is the new one.
    return arrivals.map(({ dedupeKey }) => (fresh.delete(dedupeKey) ? 'new' : 'known'));
  }

  async #settleAll(settled: readonly Settled[]): Promise<readonly void[]> {
    const retries = settled.map(({ settlement }) =>
      settlement.state === 'pending' ? settlement.retryInMs : 0,
    );
    await this.#pool.query({
      name: 'receiver-settle',
      text: SETTLE,
      values: [
        settled.map(({ event }) => event.eventId),
        settled.map(({ event }) => event.attempt),
        settled.map(({ settlement }) => settlement.state),
        settled.map(({ settlement }) => (settlement.state === 'done' ? null : settlement.error)),
        retries,
      ],
    });
    return settled.map(() => undefined);
  }
}

interface StoredRow {
  readonly dedupe_key: string;
  readonly is_new: boolean;
  readonly event_id: string;
  readonly received_at: Date;
  /** For the taker. */
  readonly is_claimed: boolean;
}

function handOver(taker: FreshTaker, arrivals: readonly Arrival[], rows: readonly StoredRow[]): void {
  const byKey = new Map(arrivals.map((arrival) => [arrival.dedupeKey, arrival]));
  const events = rows.flatMap((row): ClaimedEvent[] => {
    const arrival = row.is_claimed ? byKey.get(row.dedupe_key) : undefined;
    if (!arrival) return [];
    const { eventType, source, body } = arrival;
    const { event_id: eventId, received_at: receivedAt } = row;
    return [{ eventId, eventType, source, body, attempt: 1, receivedAt, retriedForMs: 0 }];
  });
  const isNew = rows.filter((row) => row.is_new);
  taker.take(events, isNew.length - events.length);
}

interface ClaimRow {
  readonly event_id: string;
  readonly event_type: string;
  readonly source: ClaimedEvent['source'];
  readonly body: Uint8Array;
  readonly attempts: number;
  readonly received_at: Date;
  readonly retried_for_ms: number;
}

function toClaimedEvent(row: ClaimRow): ClaimedEvent {
  return {
    eventId: row.event_id,
    eventType: row.event_type,
    source: row.source,
    body: row.body,
    attempt: row.attempts,
    receivedAt: row.received_at,
    retriedForMs: row.retried_for_ms,
  };
}

/**
 * One JSON text and all bodies in a row: arrays of either would be escaped character by character.
 * @param room how many are wanted at once, at most one of each file
 */
function toParameters(arrivals: readonly Arrival[], room: number): unknown[] {
  let bodyFrom = 1;
  const wantedFiles = new Set<string>();
  const rows = arrivals.map((arrival) => {
    const wanted = wantedFiles.size < room && !wantedFiles.has(arrival.orderKey);
    if (wanted) wantedFiles.add(arrival.orderKey);
    const body = { body_from: bodyFrom, body_length: arrival.body.byteLength };
    bodyFrom += arrival.body.byteLength;
    return {
      dedupe_key: arrival.dedupeKey,
      source: arrival.source,
      event_type: arrival.eventType,
      file_id: arrival.fileId,
      task_id: arrival.taskId,
      order_key: arrival.orderKey,
      headers: arrival.headers,
      wanted,
      ...body,
    };
  });
  return [
    JSON.stringify(rows),
    Buffer.concat(arrivals.map(({ body }) => body)),
    arrivals.flatMap(({ canRecur, dedupeKey }) => (canRecur ? [dedupeKey] : [])),
  ];
}
