import type { Kysely } from 'kysely';
import type { Database } from '@vodstack/platform';
import { toDeployedFunction, type DeployedFunction, type FunctionKey } from '../function-store.ts';
import type { ScfTables } from '../tables.ts';

/** The published versions of functions: immutable copies of code and configuration. */
export interface VersionStore {
  /** Copies the function as it is. Undefined when it is not there or not Active. */
  publish(
    key: FunctionKey,
    options: { description: string; now: Date },
  ): Promise<DeployedFunction | undefined>;
  find(key: FunctionKey, functionVersion: string): Promise<DeployedFunction | undefined>;
  /** In order of number. */
  list(key: FunctionKey): Promise<DeployedFunction[]>;
  remove(key: FunctionKey, functionVersion: string): Promise<DeployedFunction | undefined>;
  /** Every code folder that a function or a version needs. */
  usedCode(): Promise<Set<string>>;
  isCodeUsed(codeKey: string): Promise<boolean>;
}

export function createVersionStore(database: Database): VersionStore {
  const db = database.kysely<ScfTables>();
  return {
    publish: (key, options) => db.transaction().execute((tx) => publish(tx, key, options)),
    async find(key, functionVersion) {
      const row = await db
        .selectFrom('scf.function_version')
        .selectAll()
        .where('namespace', '=', key.namespace)
        .where('name', '=', key.name)
        .where('published', '=', Number(functionVersion))
        .executeTakeFirst();
      return row && toDeployedFunction(row, String(row.published));
    },
    async list(key) {
      const rows = await db
        .selectFrom('scf.function_version')
        .selectAll()
        .where('namespace', '=', key.namespace)
        .where('name', '=', key.name)
        .orderBy('published')
        .execute();
      return rows.map((row) => toDeployedFunction(row, String(row.published)));
    },
    async remove(key, functionVersion) {
      const row = await db
        .deleteFrom('scf.function_version')
        .where('namespace', '=', key.namespace)
        .where('name', '=', key.name)
        .where('published', '=', Number(functionVersion))
        .returningAll()
        .executeTakeFirst();
      return row && toDeployedFunction(row, String(row.published));
    },
    async usedCode() {
      const rows = await db
        .selectFrom('scf.function')
        .select('code_key')
        .union(db.selectFrom('scf.function_version').select('code_key'))
        .execute();
      return new Set(rows.map((row) => row.code_key));
    },
    async isCodeUsed(codeKey) {
      const current = db.selectFrom('scf.function').select('code_key').where('code_key', '=', codeKey);
      const published = db
        .selectFrom('scf.function_version')
        .select('code_key')
        .where('code_key', '=', codeKey);
      return (await current.unionAll(published).limit(1).execute()).length > 0;
    },
  };
}

async function publish(
  tx: Kysely<ScfTables>,
  { namespace, name }: FunctionKey,
  { description, now }: { description: string; now: Date },
): Promise<DeployedFunction | undefined> {
  const current = await tx
    .updateTable('scf.function')
    .set((row) => ({ published: row('published', '+', 1) }))
    .where('namespace', '=', namespace)
    .where('name', '=', name)
    .where('status', '=', 'Active')
    .returningAll()
    .executeTakeFirst();
  if (!current) return undefined;
  const row = await tx
    .insertInto('scf.function_version')
    .values({
      ...current,
      environment: JSON.stringify(current.environment),
      details: JSON.stringify({ ...current.details, description }),
      created_at: now,
      modified_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toDeployedFunction(row, String(row.published));
}
