import { sql, type Kysely, type Selectable } from 'kysely';
import { notifyLive, type Database } from '@vodstack/platform';
import type { FunctionConfig } from './function-config.ts';
import type { FunctionDetails } from './function-details.ts';
import { createFunctionId } from './ids.ts';
import type { FunctionTable, ScfTables } from './tables.ts';

export const LATEST = '$LATEST';

/** A function as it is deployed now, or one of its published versions. */
export interface DeployedFunction extends FunctionConfig {
  functionId: string;
  /** `$LATEST`, or the number of a published version. */
  functionVersion: string;
  details: FunctionDetails;
  /** Empty while the first code is not there yet. */
  codeKey: string;
  codeSha256: string;
  codeBytes: number;
  /** Counts the deployments of this function, from 1. */
  version: number;
  /** Of two readings the one with the larger revision is newer, even when the function was removed in between. */
  revision: number;
  status: FunctionStatus;
  /** Why the last change failed. */
  statusReason: string | null;
  createdAt: Date;
  modifiedAt: Date;
}

/** GetFunction's Status, as far as it occurs here. */
export type FunctionStatus = 'Creating' | 'CreateFailed' | 'Active' | 'Updating' | 'UpdateFailed';

export interface FunctionKey {
  namespace: string;
  name: string;
}

export interface NewVersion {
  config: FunctionConfig;
  codeKey: string;
  codeSha256: string;
  codeBytes: number;
  now: Date;
  /** Only while the function has this status and this id: it may have been deleted and made anew meanwhile. */
  expected?: { functionId: string; status: FunctionStatus } | undefined;
}

export interface StatusChange {
  from: readonly FunctionStatus[];
  functionId?: string | undefined;
  to: FunctionStatus;
  reason?: string | undefined;
  now: Date;
}

export interface Switched {
  current: DeployedFunction;
  previous: DeployedFunction | undefined;
}

/** The rows of `scf.function`. */
export interface FunctionStore {
  find(key: FunctionKey): Promise<DeployedFunction | undefined>;
  list(): Promise<DeployedFunction[]>;
  /** Makes a function without code, to be `switchTo`ed. Undefined when there is one of that name. */
  create(config: FunctionConfig, now: Date): Promise<DeployedFunction | undefined>;
  /** Undefined when there is no such function, or none with such a status. */
  setStatus(key: FunctionKey, change: StatusChange): Promise<DeployedFunction | undefined>;
  /** Ends what an earlier run of the server left half-way. Answers how many functions that were. */
  failUnfinished(reason: string): Promise<number>;
  /**
   * Makes this the current version, in one transaction; answers it and the one that it replaces. Undefined when the
   * function is not as expected.
   */
  switchTo(next: NewVersion): Promise<Switched | undefined>;
  /** Answers what was removed. */
  remove(key: FunctionKey): Promise<DeployedFunction | undefined>;
}

export function createFunctionStore(database: Database): FunctionStore {
  const db = database.kysely<ScfTables>();
  return {
    find: (key) => selectOne(db, key),
    async list() {
      const rows = await db
        .selectFrom('scf.function')
        .selectAll()
        .orderBy('namespace')
        .orderBy('name')
        .execute();
      return rows.map((row) => toDeployedFunction(row));
    },
    create: (config, now) =>
      db.transaction().execute(async (tx) => {
        await lock(tx, config);
        if (await selectOne(tx, config)) return undefined;
        const empty = { config, codeKey: '', codeSha256: '', codeBytes: 0, now };
        return await upsert(tx, empty, { version: 0, status: 'Creating' });
      }),
    async setStatus(key, change) {
      let update = db
        .updateTable('scf.function')
        .set({ status: change.to, status_reason: change.reason ?? null, modified_at: change.now })
        .where('namespace', '=', key.namespace)
        .where('name', '=', key.name)
        .where('status', 'in', change.from);
      if (change.functionId !== undefined) update = update.where('function_id', '=', change.functionId);
      const row = await update.returningAll().executeTakeFirst();
      return row && toDeployedFunction(row);
    },
    failUnfinished: (reason) => failUnfinished(db, reason),
    switchTo: (next) =>
      db.transaction().execute(async (tx) => {
        await lock(tx, next.config);
        const previous = await selectOne(tx, next.config);
        if (!isAsExpected(previous, next.expected)) return undefined;
        const current = await upsert(tx, next, { version: (previous?.version ?? 0) + 1, status: 'Active' });
        await notifyLive(tx, { kind: 'function', id: next.config.name });
        return { current, previous };
      }),
    remove: (key) =>
      db.transaction().execute(async (tx) => {
        await lock(tx, key);
        const row = await tx
          .deleteFrom('scf.function')
          .where('namespace', '=', key.namespace)
          .where('name', '=', key.name)
          .returningAll()
          .executeTakeFirst();
        await notifyLive(tx, { kind: 'function', id: key.name });
        return row && toDeployedFunction(row);
      }),
  };
}

/** Also orders two first deployments, where there is no row to lock yet. */
async function lock(tx: Kysely<ScfTables>, { namespace, name }: FunctionKey): Promise<void> {
  const key = `vodstack.scf.function.${namespace}/${name}`;
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(tx);
}

async function selectOne(db: Kysely<ScfTables>, key: FunctionKey): Promise<DeployedFunction | undefined> {
  const row = await db
    .selectFrom('scf.function')
    .selectAll()
    .where('namespace', '=', key.namespace)
    .where('name', '=', key.name)
    .executeTakeFirst();
  return row && toDeployedFunction(row);
}

function isAsExpected(known: DeployedFunction | undefined, expected: NewVersion['expected']): boolean {
  if (!expected) return true;
  return known?.functionId === expected.functionId && known.status === expected.status;
}

async function failUnfinished(db: Kysely<ScfTables>, reason: string): Promise<number> {
  let count = 0;
  for (const [from, to] of [
    ['Creating', 'CreateFailed'],
    ['Updating', 'UpdateFailed'],
  ] as const) {
    const result = await db
      .updateTable('scf.function')
      .set({ status: to, status_reason: reason })
      .where('status', '=', from)
      .executeTakeFirst();
    count += Number(result.numUpdatedRows);
  }
  return count;
}

async function upsert(
  tx: Kysely<ScfTables>,
  next: NewVersion,
  { version, status }: { version: number; status: FunctionStatus },
): Promise<DeployedFunction> {
  const { config, codeKey, codeSha256, codeBytes, now } = next;
  const values = {
    runtime: config.runtime,
    handler: config.handler,
    timeout_sec: config.timeoutSec,
    memory_mb: config.memoryMb,
    environment: JSON.stringify(config.environment),
    code_key: codeKey,
    code_sha256: codeSha256,
    code_bytes: codeBytes,
    version,
    status,
    status_reason: null,
    details: JSON.stringify(config.details ?? {}),
    modified_at: now,
  };
  await ensureNamespace(tx, config.namespace, now);
  const row = await tx
    .insertInto('scf.function')
    .values({
      namespace: config.namespace,
      name: config.name,
      function_id: createFunctionId(),
      created_at: now,
      ...values,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['namespace', 'name'])
        .doUpdateSet({ ...values, revision: sql<number>`nextval('scf.function_revision')` }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
  return toDeployedFunction(row);
}

/** @param functionVersion which of the two tables the row is from: a published version's number, or `$LATEST` */
export function toDeployedFunction(
  row: Selectable<FunctionTable>,
  functionVersion: string = LATEST,
): DeployedFunction {
  return {
    namespace: row.namespace,
    name: row.name,
    runtime: row.runtime,
    handler: row.handler,
    timeoutSec: row.timeout_sec,
    memoryMb: row.memory_mb,
    environment: row.environment,
    codeKey: row.code_key,
    codeSha256: row.code_sha256,
    codeBytes: row.code_bytes,
    version: row.version,
    revision: row.revision,
    functionId: row.function_id,
    functionVersion,
    details: row.details,
    // Only these are ever written.
    status: row.status as FunctionStatus,
    statusReason: row.status_reason,
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
  };
}

/** Deploying inside the server needs no namespace first; the control API asks for one before it comes here. */
async function ensureNamespace(tx: Kysely<ScfTables>, name: string, now: Date): Promise<void> {
  await tx
    .insertInto('scf.namespace')
    .values({ name, description: '', created_at: now, modified_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
