import {
  sql,
  type Expression,
  type ExpressionBuilder,
  type Insertable,
  type Kysely,
  type RawBuilder,
  type Selectable,
  type SqlBool,
} from 'kysely';
import { createBatcher, notifyLive, type Database } from '@vodstack/platform';
import type { FunctionKey } from './function-store.ts';
import type { InvocationTable, ScfTables } from './tables.ts';

/** GetFunctionLogs' RetCode. */
export const RET_CODE = { succeeded: 0, failed: 1, running: 2, interrupted: 3 } as const;

/** One request to a function, as the log page shows it. */
export interface InvocationRecord extends FunctionKey {
  requestId: string;
  qualifier: string;
  /** What called: `apigw`, `invoke`, … */
  trigger: string;
  /** 0, or which repetition of an asynchronous call this was. */
  retryNum: number;
  /** The same for everything that one event of the outside set off. */
  traceId: string | null;
  startAt: Date;
  /** One of RET_CODE. */
  retCode: number;
  /** SCF's status code; null while the request runs, and for good when the server died under it. */
  statusCode: number | null;
  /** The first 64 K characters of what the caller got. */
  retMsg: string | null;
  durationMs: number | null;
  billDurationMs: number | null;
  memUsageBytes: number | null;
  coldStart: boolean;
  /** All lines, START to Report. */
  log: string | null;
}

export interface StartedInvocation extends FunctionKey {
  requestId: string;
  retryNum: number;
  qualifier: string;
  trigger: string;
  traceId: string | null;
  startAt: Date;
}

export interface FinishedInvocation extends StartedInvocation {
  retCode: number;
  statusCode: number;
  retMsg: string;
  durationMs: number;
  billDurationMs: number;
  memUsageBytes: number;
  coldStart: boolean;
  log: string;
}

export interface LogQuery extends FunctionKey, LogFilter {
  /** Both exclusive, to the millisecond. */
  after?: Date | undefined;
  before?: Date | undefined;
  limit: number;
}

/** The filters of the cloud's log page. */
export interface LogFilter {
  requestId?: string | undefined;
  traceId?: string | undefined;
  /** Failed or interrupted requests only. */
  onlyFailed?: boolean | undefined;
  onlySucceeded?: boolean | undefined;
  /** SCF's status codes. */
  statusCodes?: readonly number[] | undefined;
  qualifier?: string | undefined;
  /** In what the function logged, without regard to case. */
  text?: string | undefined;
}

/** GetFunctionLogs: any function of the namespace, ordered and paged by offset. */
export interface LogPage extends LogFilter {
  namespace: string;
  name?: string | undefined;
  /** From (inclusive) and to (exclusive). */
  from?: Date | undefined;
  to?: Date | undefined;
  orderBy: 'function' | 'duration_ms' | 'mem_usage_bytes' | 'start_at';
  order: 'asc' | 'desc';
  offset: number;
  limit: number;
}

/** The rows of `scf.invocation`. */
export interface InvocationStore {
  /** Leaves a trace of a request that a crash of the server cuts off. Resolves when the row is durable. */
  start(invocation: StartedInvocation): Promise<void>;
  /** Needs no `start` before it: one that could not be written is made up for. */
  finish(invocation: FinishedInvocation): Promise<void>;
  /** Newest first. */
  list(query: LogQuery): Promise<InvocationRecord[]>;
  page(query: LogPage): Promise<{ total: number; records: InvocationRecord[] }>;
  /** Marks what an earlier run of this runner, or anybody before `staleBefore`, left as running. Answers how many. */
  markInterrupted(staleBefore: Date): Promise<number>;
  markOwnInterrupted(): Promise<number>;
  deleteBefore(date: Date): Promise<number>;
}

const MAX_STORED_RET_MSG = 64 * 1024;
/** A log may have 1 MB. */
const MAX_ROWS_PER_WRITE = 50;
/** A short request is written once, not at its start and its end, and together with others. */
const LINGER_MS = 10;
const INTERRUPTED_TEXT = 'the server stopped before this request was finished';

/** @param options.runner names this installation: several servers may share the database */
export function createInvocationStore(options: { database: Database; runner: string }): InvocationStore {
  const db = options.database.kysely<ScfTables>();
  const write = createRowWriter(db);
  return {
    start: (invocation) => write(toStartedRow(invocation, options.runner)),
    finish: (invocation) => write(toFinishedRow(invocation, options.runner)),
    list: (query) => selectRecords(db, query),
    page: (query) => selectPage(db, query),
    markOwnInterrupted: () => interrupt(db, { runner: options.runner }),
    markInterrupted: (staleBefore) => interrupt(db, { staleBefore }),
    async deleteBefore(date) {
      const result = await db.deleteFrom('scf.invocation').where('start_at', '<', date).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

type NewRow = Insertable<InvocationTable>;

function toStartedRow(started: StartedInvocation, runner: string): NewRow {
  return {
    request_id: started.requestId,
    retry_num: started.retryNum,
    namespace: started.namespace,
    function: started.name,
    qualifier: started.qualifier,
    trigger: started.trigger,
    trace_id: started.traceId,
    start_at: started.startAt,
    runner,
    ret_code: RET_CODE.running,
    status_code: null,
    ret_msg: null,
    duration_ms: null,
    bill_duration_ms: null,
    mem_usage_bytes: null,
    cold_start: false,
    log: null,
  };
}

function toFinishedRow(done: FinishedInvocation, runner: string): NewRow {
  return {
    ...toStartedRow(done, runner),
    ret_code: done.retCode,
    status_code: done.statusCode,
    ret_msg: done.retMsg.slice(0, MAX_STORED_RET_MSG),
    duration_ms: done.durationMs,
    bill_duration_ms: done.billDurationMs,
    mem_usage_bytes: done.memUsageBytes,
    cold_start: done.coldStart,
    log: done.log,
  };
}

/** Many requests in one transaction: what a commit costs is most of what a short function costs. */
function createRowWriter(db: Kysely<ScfTables>): (row: NewRow) => Promise<void> {
  const write = async (rows: readonly NewRow[]): Promise<undefined[]> => {
    await upsert(db, rows);
    return rows.map(() => undefined);
  };
  return createBatcher<NewRow, void>(write, MAX_ROWS_PER_WRITE, LINGER_MS);
}

async function upsert(db: Kysely<ScfTables>, rows: readonly NewRow[]): Promise<void> {
  // Of the start and the end of one request only the end.
  const latest = new Map(rows.map((row) => [`${row.request_id} ${row.retry_num}`, row]));
  const ended = [...latest.values()].filter((row) => row.ret_code !== RET_CODE.running);
  const [first] = rows;
  if (!first) return;
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('scf.invocation')
      .values([...latest.values()])
      .onConflict((conflict) => conflict.columns(['request_id', 'retry_num']).doUpdateSet(toExcluded(first)))
      .execute();
    for (const name of new Set(ended.map((row) => row.function))) {
      await notifyLive(tx, { kind: 'log', id: name });
    }
  });
}

const KEY_COLUMNS = new Set(['request_id', 'retry_num']);

/** Everything but the key: an asynchronous call that was cut off by the end of a server is begun again. */
function toExcluded(row: NewRow): Record<string, RawBuilder<unknown>> {
  const columns = Object.keys(row).filter((column) => !KEY_COLUMNS.has(column));
  return Object.fromEntries(columns.map((column) => [column, sql`excluded.${sql.ref(column)}`]));
}

async function interrupt(
  db: Kysely<ScfTables>,
  of: { runner: string } | { staleBefore: Date },
): Promise<number> {
  let query = db
    .updateTable('scf.invocation')
    .set({ ret_code: RET_CODE.interrupted, ret_msg: INTERRUPTED_TEXT })
    .where('ret_code', '=', RET_CODE.running);
  query =
    'runner' in of ? query.where('runner', '=', of.runner) : query.where('start_at', '<', of.staleBefore);
  const result = await query.executeTakeFirst();
  return Number(result.numUpdatedRows);
}

async function selectRecords(db: Kysely<ScfTables>, query: LogQuery): Promise<InvocationRecord[]> {
  const { namespace, name, after, before } = query;
  const filters = toFilters(query);
  if (!filters) return [];
  let select = db
    .selectFrom('scf.invocation')
    .selectAll()
    .where('namespace', '=', namespace)
    .where('function', '=', name)
    .where((where) => where.and(filters.map((filter) => filter(where))));
  if (after) select = select.where('start_at', '>', after);
  if (before) select = select.where('start_at', '<', before);
  const rows = await select
    .orderBy('start_at', 'desc')
    .orderBy('request_id', 'desc')
    .limit(query.limit)
    .execute();
  return rows.map(toRecord);
}

async function selectPage(
  db: Kysely<ScfTables>,
  query: LogPage,
): Promise<{ total: number; records: InvocationRecord[] }> {
  const { namespace, name, from, to, orderBy, order, offset, limit } = query;
  const filters = toFilters(query);
  if (!filters) return { total: 0, records: [] };
  let select = db
    .selectFrom('scf.invocation')
    .where('namespace', '=', namespace)
    .where((where) => where.and(filters.map((filter) => filter(where))));
  if (name !== undefined) select = select.where('function', '=', name);
  if (from) select = select.where('start_at', '>=', from);
  if (to) select = select.where('start_at', '<', to);
  const { count } = await select
    .select((each) => each.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  const rows = await select
    .selectAll()
    .orderBy(orderBy, order)
    .orderBy('request_id')
    .orderBy('retry_num')
    .offset(offset)
    .limit(limit)
    .execute();
  return { total: count, records: rows.map(toRecord) };
}

type Filter = (where: ExpressionBuilder<ScfTables, 'scf.invocation'>) => Expression<SqlBool>;

/** Undefined: nothing can match. A search box takes anything; compared with a uuid column it would be an error. */
function toFilters(filter: LogFilter): Filter[] | undefined {
  const { requestId, traceId, onlyFailed, onlySucceeded, statusCodes, qualifier, text } = filter;
  if (requestId !== undefined && !isUuid(requestId)) return undefined;
  const filters: Filter[] = [];
  if (requestId !== undefined) filters.push((where) => where('request_id', '=', requestId));
  if (traceId !== undefined) filters.push((where) => where('trace_id', '=', traceId));
  if (onlyFailed) filters.push((where) => where('ret_code', 'in', [RET_CODE.failed, RET_CODE.interrupted]));
  if (onlySucceeded) filters.push((where) => where('ret_code', '=', RET_CODE.succeeded));
  if (statusCodes) filters.push((where) => where('status_code', 'in', statusCodes));
  if (qualifier !== undefined) filters.push((where) => where('qualifier', '=', qualifier));
  if (text !== undefined) filters.push(() => sql<SqlBool>`position(lower(${text}) in lower(log)) > 0`);
  return filters;
}

export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu.test(text);

function toRecord(row: Selectable<InvocationTable>): InvocationRecord {
  return {
    requestId: row.request_id,
    namespace: row.namespace,
    name: row.function,
    qualifier: row.qualifier,
    trigger: row.trigger,
    retryNum: row.retry_num,
    traceId: row.trace_id,
    startAt: row.start_at,
    retCode: row.ret_code,
    statusCode: row.status_code,
    retMsg: row.ret_msg,
    durationMs: row.duration_ms,
    billDurationMs: row.bill_duration_ms,
    memUsageBytes: row.mem_usage_bytes,
    coldStart: row.cold_start,
    log: row.log,
  };
}
