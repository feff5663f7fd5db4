import type { Selectable } from 'kysely';
import type { Database } from '@vodstack/platform';
import type { FunctionKey } from '../function-store.ts';
import type { AliasRouting, AliasTable, ScfTables } from '../tables.ts';

/** The alias that every function has: points at `$LATEST` until somebody changes it. */
export const DEFAULT_ALIAS = '$DEFAULT';

export interface Alias {
  name: string;
  functionVersion: string;
  routing: AliasRouting;
  description: string;
  createdAt: Date;
  modifiedAt: Date;
}

export interface AliasStore {
  find(key: FunctionKey, name: string): Promise<Alias | undefined>;
  list(key: FunctionKey): Promise<Alias[]>;
  /** False when there is one of that name. */
  create(key: FunctionKey, alias: Alias): Promise<boolean>;
  /** Makes or changes it. */
  save(key: FunctionKey, alias: Alias): Promise<void>;
  remove(key: FunctionKey, name: string): Promise<boolean>;
}

export function createAliasStore(database: Database): AliasStore {
  const db = database.kysely<ScfTables>();
  const select = (key: FunctionKey) =>
    db
      .selectFrom('scf.alias')
      .selectAll()
      .where('namespace', '=', key.namespace)
      .where('function', '=', key.name);
  return {
    async find(key, name) {
      const row = await select(key).where('name', '=', name).executeTakeFirst();
      return row && toAlias(row);
    },
    async list(key) {
      const rows = await select(key).orderBy('created_at').orderBy('name').execute();
      return rows.map(toAlias);
    },
    async create(key, alias) {
      const result = await db
        .insertInto('scf.alias')
        .values({ ...toKeyColumns(key), name: alias.name, created_at: alias.createdAt, ...toValues(alias) })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return Number(result.numInsertedOrUpdatedRows) > 0;
    },
    async save(key, alias) {
      await db
        .insertInto('scf.alias')
        .values({ ...toKeyColumns(key), name: alias.name, created_at: alias.createdAt, ...toValues(alias) })
        .onConflict((conflict) =>
          conflict.columns(['namespace', 'function', 'name']).doUpdateSet(toValues(alias)),
        )
        .execute();
    },
    async remove(key, name) {
      const result = await db
        .deleteFrom('scf.alias')
        .where('namespace', '=', key.namespace)
        .where('function', '=', key.name)
        .where('name', '=', name)
        .executeTakeFirst();
      return Number(result.numDeletedRows) > 0;
    },
  };
}

const toKeyColumns = ({ namespace, name }: FunctionKey) => ({ namespace, function: name });

function toValues({ functionVersion, routing, description, modifiedAt }: Alias) {
  return {
    function_version: functionVersion,
    routing: JSON.stringify(routing),
    description,
    modified_at: modifiedAt,
  };
}

function toAlias(row: Selectable<AliasTable>): Alias {
  return {
    name: row.name,
    functionVersion: row.function_version,
    routing: row.routing,
    description: row.description,
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
  };
}
