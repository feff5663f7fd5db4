import { sql, type Kysely, type Selectable } from 'kysely';
import { notifyLive, type Database } from '@vodstack/platform';
import type { FunctionConfig } from './function-config.ts';
import type { FunctionTable, ScfTables } from './tables.ts';

/** A function as it is deployed now. */
export interface DeployedFunction extends FunctionConfig {
  codeKey: string;
  codeSha256: string;
  codeBytes: number;
  /** Counts the deployments of this function, from 1. */
  version: number;
  /** Of two readings the one with the larger revision is newer, even when the function was removed in between. */
  revision: number;
  status: string;
  createdAt: Date;
  modifiedAt: Date;
}

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
}

/** The rows of `scf.function`. */
export interface FunctionStore {
  find(key: FunctionKey): Promise<DeployedFunction | undefined>;
  list(): Promise<DeployedFunction[]>;
  /** Makes this the current version, in one transaction; answers it and the one that it replaces. */
  switchTo(next: NewVersion): Promise<{ current: DeployedFunction; previous: DeployedFunction | undefined }>;
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
      return rows.map(toDeployedFunction);
    },
    switchTo: (next) =>
      db.transaction().execute(async (tx) => {
        await lock(tx, next.config);
        const previous = await selectOne(tx, next.config);
        const current = await upsert(tx, next, (previous?.version ?? 0) + 1);
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

async function upsert(tx: Kysely<ScfTables>, next: NewVersion, version: number): Promise<DeployedFunction> {
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
    status: 'Active',
    modified_at: now,
  };
  const row = await tx
    .insertInto('scf.function')
    .values({ namespace: config.namespace, name: config.name, created_at: now, ...values })
    .onConflict((conflict) =>
      conflict
        .columns(['namespace', 'name'])
        .doUpdateSet({ ...values, revision: sql<number>`nextval('scf.function_revision')` }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
  return toDeployedFunction(row);
}

function toDeployedFunction(row: Selectable<FunctionTable>): DeployedFunction {
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
    status: row.status,
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
  };
}
