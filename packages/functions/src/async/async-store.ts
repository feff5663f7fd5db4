import { sql, type Kysely, type Selectable } from 'kysely';
import type { Database } from '@vodstack/platform';
import type { FunctionKey } from '../function-store.ts';
import type { AsyncEventTable, ScfTables } from '../tables.ts';

export type AsyncStatus = 'RUNNING' | 'FINISHED' | 'FAILED' | 'ABORTED';

/** An asynchronous call that waits, runs, or is over. */
export interface AsyncEvent {
  requestId: string;
  namespace: string;
  functionName: string;
  qualifier: string;
  event: string;
  trigger: string;
  traceId: string | null;
  status: AsyncStatus;
  statusCode: number | null;
  retryNum: number;
  expiresAt: Date;
  createdAt: Date;
  endedAt: Date | null;
}

export type NewAsyncEvent = Pick<
  AsyncEvent,
  | 'requestId'
  | 'namespace'
  | 'functionName'
  | 'qualifier'
  | 'event'
  | 'trigger'
  | 'traceId'
  | 'expiresAt'
  | 'createdAt'
>;

export interface DeadLetter {
  queue: string;
  namespace: string;
  functionName: string;
  requestId: string;
  body: string;
  createdAt: Date;
}

export interface AsyncQuery extends FunctionKey {
  qualifier?: string | undefined;
  statuses?: readonly string[] | undefined;
  triggers?: readonly string[] | undefined;
  requestId?: string | undefined;
  startFrom?: Date | undefined;
  startTo?: Date | undefined;
  endFrom?: Date | undefined;
  endTo?: Date | undefined;
  orderBy: 'created_at' | 'ended_at';
  order: 'asc' | 'desc';
  offset: number;
  limit: number;
}

/** The queue of asynchronous calls. */
export interface AsyncStore {
  add(event: NewAsyncEvent, tx?: Kysely<ScfTables>): Promise<void>;
  /** Takes due events for this server. A server that dies loses them when the lease is over, or when it starts again. */
  claim(options: { now: Date; leaseMs: number; limit: number; runner: string }): Promise<AsyncEvent[]>;
  /** Keeps what is being worked on. Answers what has been aborted meanwhile. */
  renew(requestIds: readonly string[], until: Date): Promise<string[]>;
  releaseOwn(runner: string): Promise<void>;
  retryAt(event: AsyncEvent, dueAt: Date, retryNum: number): Promise<void>;
  end(
    event: AsyncEvent,
    end: { status: AsyncStatus; statusCode: number; now: Date },
    letter?: DeadLetter,
  ): Promise<void>;
  /** Ends an event that waits or runs. Undefined when there is none of that id. */
  abort(key: FunctionKey, requestId: string, now: Date): Promise<AsyncStatus | undefined>;
  find(requestId: string): Promise<AsyncEvent | undefined>;
  list(query: AsyncQuery): Promise<{ total: number; events: AsyncEvent[] }>;
  listDeadLetters(limit: number): Promise<DeadLetter[]>;
  deleteEndedBefore(date: Date): Promise<number>;
}

export function createAsyncStore(database: Database): AsyncStore {
  const db = database.kysely<ScfTables>();
  return {
    async add(event, tx = db) {
      await tx.insertInto('scf.async_event').values(toRow(event)).execute();
    },
    claim: (options) => claim(db, options),
    async renew(requestIds, until) {
      if (requestIds.length === 0) return [];
      const rows = await db
        .updateTable('scf.async_event')
        .set({ leased_until: until })
        .where('request_id', 'in', requestIds)
        .returning(['request_id', 'status'])
        .execute();
      return rows.filter((row) => row.status === 'ABORTED').map((row) => row.request_id);
    },
    async releaseOwn(runner) {
      await db
        .updateTable('scf.async_event')
        .set({ leased_until: null, runner: null })
        .where('status', '=', 'RUNNING')
        .where('runner', '=', runner)
        .execute();
    },
    async retryAt(event, dueAt, retryNum) {
      await db
        .updateTable('scf.async_event')
        .set({ due_at: dueAt, retry_num: retryNum, leased_until: null, runner: null })
        .where('request_id', '=', event.requestId)
        .where('status', '=', 'RUNNING')
        .execute();
    },
    end: (event, end, letter) => db.transaction().execute((tx) => endEvent(tx, event, end, letter)),
    abort: (key, requestId, now) => abort(db, { key, requestId, now }),
    async find(requestId) {
      const row = await db
        .selectFrom('scf.async_event')
        .selectAll()
        .where('request_id', '=', requestId)
        .executeTakeFirst();
      return row && toEvent(row);
    },
    list: (query) => list(db, query),
    listDeadLetters: (limit) => listDeadLetters(db, limit),
    async deleteEndedBefore(date) {
      const result = await db.deleteFrom('scf.async_event').where('ended_at', '<', date).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

function toRow(event: NewAsyncEvent) {
  return {
    request_id: event.requestId,
    namespace: event.namespace,
    function: event.functionName,
    qualifier: event.qualifier,
    event: event.event,
    trigger: event.trigger,
    trace_id: event.traceId,
    status: 'RUNNING',
    due_at: event.createdAt,
    expires_at: event.expiresAt,
    created_at: event.createdAt,
  };
}

async function claim(
  db: Kysely<ScfTables>,
  { now, leaseMs, limit, runner }: { now: Date; leaseMs: number; limit: number; runner: string },
): Promise<AsyncEvent[]> {
  const due = db
    .selectFrom('scf.async_event')
    .select('request_id')
    .where('status', '=', 'RUNNING')
    .where('due_at', '<=', now)
    .where((where) => where.or([where('leased_until', 'is', null), where('leased_until', '<', now)]))
    .orderBy('due_at')
    .limit(limit)
    .forUpdate()
    .skipLocked();
  const rows = await db
    .updateTable('scf.async_event')
    .set({ leased_until: new Date(now.getTime() + leaseMs), runner })
    .where('request_id', 'in', due)
    .returningAll()
    .execute();
  return rows.map(toEvent);
}

async function endEvent(
  tx: Kysely<ScfTables>,
  event: AsyncEvent,
  { status, statusCode, now }: { status: AsyncStatus; statusCode: number; now: Date },
  letter: DeadLetter | undefined,
): Promise<void> {
  const result = await tx
    .updateTable('scf.async_event')
    .set({ status, status_code: statusCode, ended_at: now, event: '', leased_until: null })
    .where('request_id', '=', event.requestId)
    .where('status', '=', 'RUNNING')
    .executeTakeFirst();
  // Somebody aborted it meanwhile.
  if (!letter || Number(result.numUpdatedRows) === 0) return;
  const { functionName, requestId, createdAt, ...rest } = letter;
  await tx
    .insertInto('scf.dead_letter')
    .values({ ...rest, function: functionName, request_id: requestId, created_at: createdAt })
    .execute();
}

async function abort(
  db: Kysely<ScfTables>,
  { key, requestId, now }: { key: FunctionKey; requestId: string; now: Date },
): Promise<AsyncStatus | undefined> {
  const row = await db
    .updateTable('scf.async_event')
    // What is over stays as it is; the answer tells which it was.
    .set({
      status: sql`CASE WHEN status = 'RUNNING' THEN 'ABORTED' ELSE status END`,
      ended_at: sql`coalesce(ended_at, ${now})`,
    })
    .where('request_id', '=', requestId)
    .where('namespace', '=', key.namespace)
    .where('function', '=', key.name)
    .returning('status')
    .executeTakeFirst();
  return row?.status as AsyncStatus | undefined;
}

async function list(
  db: Kysely<ScfTables>,
  query: AsyncQuery,
): Promise<{ total: number; events: AsyncEvent[] }> {
  let select = db
    .selectFrom('scf.async_event')
    .where('namespace', '=', query.namespace)
    .where('function', '=', query.name);
  if (query.qualifier !== undefined) select = select.where('qualifier', '=', query.qualifier);
  if (query.statuses?.length) select = select.where('status', 'in', query.statuses);
  if (query.triggers?.length) select = select.where('trigger', 'in', query.triggers);
  if (query.requestId !== undefined) select = select.where('request_id', '=', query.requestId);
  if (query.startFrom) select = select.where('created_at', '>=', query.startFrom);
  if (query.startTo) select = select.where('created_at', '<', query.startTo);
  if (query.endFrom) select = select.where('ended_at', '>=', query.endFrom);
  if (query.endTo) select = select.where('ended_at', '<', query.endTo);
  const { count } = await select
    .select((each) => each.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  const rows = await select
    .selectAll()
    .orderBy(query.orderBy, query.order)
    .orderBy('request_id')
    .offset(query.offset)
    .limit(query.limit)
    .execute();
  return { total: count, events: rows.map(toEvent) };
}

async function listDeadLetters(db: Kysely<ScfTables>, limit: number): Promise<DeadLetter[]> {
  const rows = await db
    .selectFrom('scf.dead_letter')
    .selectAll()
    .orderBy('letter_id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    queue: row.queue,
    namespace: row.namespace,
    functionName: row.function,
    requestId: row.request_id,
    body: row.body,
    createdAt: row.created_at,
  }));
}

function toEvent(row: Selectable<AsyncEventTable>): AsyncEvent {
  return {
    requestId: row.request_id,
    namespace: row.namespace,
    functionName: row.function,
    qualifier: row.qualifier,
    event: row.event,
    trigger: row.trigger,
    traceId: row.trace_id,
    // Only these are ever written.
    status: row.status as AsyncStatus,
    statusCode: row.status_code,
    retryNum: row.retry_num,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}
