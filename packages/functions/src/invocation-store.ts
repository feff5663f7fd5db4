import type { Kysely, Selectable } from 'kysely';
import { notifyLive, type Database } from '@vodstack/platform';
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
  trigger: string;
  startAt: Date;
}

export interface FinishedInvocation {
  requestId: string;
  name: string;
  retCode: number;
  statusCode: number;
  retMsg: string;
  durationMs: number;
  billDurationMs: number;
  memUsageBytes: number;
  coldStart: boolean;
  log: string;
}

export interface LogQuery extends FunctionKey {
  /** Both exclusive, to the millisecond. */
  after?: Date | undefined;
  before?: Date | undefined;
  limit: number;
  requestId?: string | undefined;
  /** Failed or interrupted requests only. */
  onlyFailed?: boolean | undefined;
}

/** The rows of `scf.invocation`. */
export interface InvocationStore {
  /** Before the function sees the event, so that a crash of the server leaves a trace. */
  start(invocation: StartedInvocation): Promise<void>;
  finish(invocation: FinishedInvocation): Promise<void>;
  /** Newest first. */
  list(query: LogQuery): Promise<InvocationRecord[]>;
  /** Marks what an earlier run of this runner, or anybody before `staleBefore`, left as running. Answers how many. */
  markInterrupted(staleBefore: Date): Promise<number>;
  markOwnInterrupted(): Promise<number>;
  deleteBefore(date: Date): Promise<number>;
}

const MAX_STORED_RET_MSG = 64 * 1024;
const INTERRUPTED_TEXT = 'the server stopped before this request was finished';

/** @param options.runner names this installation: several servers may share the database */
export function createInvocationStore(options: { database: Database; runner: string }): InvocationStore {
  const db = options.database.kysely<ScfTables>();
  return {
    start: (invocation) => insertStarted(db, invocation, options.runner),
    finish: (invocation) => updateFinished(db, invocation),
    list: (query) => selectRecords(db, query),
    markOwnInterrupted: () => interrupt(db, { runner: options.runner }),
    markInterrupted: (staleBefore) => interrupt(db, { staleBefore }),
    async deleteBefore(date) {
      const result = await db.deleteFrom('scf.invocation').where('start_at', '<', date).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

async function insertStarted(
  db: Kysely<ScfTables>,
  { requestId, namespace, name, trigger, startAt }: StartedInvocation,
  runner: string,
): Promise<void> {
  const values = {
    request_id: requestId,
    namespace,
    function: name,
    qualifier: '$LATEST',
    start_at: startAt,
    ret_code: RET_CODE.running,
    cold_start: false,
    trigger,
    runner,
  };
  await db.insertInto('scf.invocation').values(values).execute();
}

async function updateFinished(db: Kysely<ScfTables>, done: FinishedInvocation): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable('scf.invocation')
      .set({
        ret_code: done.retCode,
        status_code: done.statusCode,
        ret_msg: done.retMsg.slice(0, MAX_STORED_RET_MSG),
        duration_ms: done.durationMs,
        bill_duration_ms: done.billDurationMs,
        mem_usage_bytes: done.memUsageBytes,
        cold_start: done.coldStart,
        log: done.log,
      })
      .where('request_id', '=', done.requestId)
      .execute();
    await notifyLive(tx, { kind: 'log', id: done.name });
  });
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
  const { namespace, name, after, before, requestId, onlyFailed } = query;
  // A search box takes anything; compared with a uuid column it would be an error.
  if (requestId !== undefined && !isUuid(requestId)) return [];
  let select = db
    .selectFrom('scf.invocation')
    .selectAll()
    .where('namespace', '=', namespace)
    .where('function', '=', name);
  if (after) select = select.where('start_at', '>', after);
  if (before) select = select.where('start_at', '<', before);
  if (requestId !== undefined) select = select.where('request_id', '=', requestId);
  if (onlyFailed) select = select.where('ret_code', 'in', [RET_CODE.failed, RET_CODE.interrupted]);
  const rows = await select
    .orderBy('start_at', 'desc')
    .orderBy('request_id', 'desc')
    .limit(query.limit)
    .execute();
  return rows.map(toRecord);
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu.test(text);

function toRecord(row: Selectable<InvocationTable>): InvocationRecord {
  return {
    requestId: row.request_id,
    namespace: row.namespace,
    name: row.function,
    qualifier: row.qualifier,
    trigger: row.trigger,
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
