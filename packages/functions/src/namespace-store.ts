import type { Selectable } from 'kysely';
import type { Database } from '@vodstack/platform';
import type { NamespaceTable, ScfTables } from './tables.ts';

export const DEFAULT_NAMESPACE = 'default';

export interface Namespace {
  name: string;
  description: string;
  createdAt: Date;
  modifiedAt: Date;
}

export interface NamespaceStore {
  find(name: string): Promise<Namespace | undefined>;
  list(): Promise<Namespace[]>;
  /** False when there is one of that name. */
  create(namespace: { name: string; description: string; now: Date }): Promise<boolean>;
  setDescription(name: string, description: string, now: Date): Promise<boolean>;
  /** `in-use` when it still has functions. */
  remove(name: string): Promise<'removed' | 'in-use' | 'not-found'>;
}

export function createNamespaceStore(database: Database): NamespaceStore {
  const db = database.kysely<ScfTables>();
  return {
    async find(name) {
      const row = await db
        .selectFrom('scf.namespace')
        .selectAll()
        .where('name', '=', name)
        .executeTakeFirst();
      return row && toNamespace(row);
    },
    async list() {
      const rows = await db
        .selectFrom('scf.namespace')
        .selectAll()
        .orderBy('created_at')
        .orderBy('name')
        .execute();
      return rows.map(toNamespace);
    },
    async create({ name, description, now }) {
      const result = await db
        .insertInto('scf.namespace')
        .values({ name, description, created_at: now, modified_at: now })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return Number(result.numInsertedOrUpdatedRows) > 0;
    },
    async setDescription(name, description, now) {
      const result = await db
        .updateTable('scf.namespace')
        .set({ description, modified_at: now })
        .where('name', '=', name)
        .executeTakeFirst();
      return Number(result.numUpdatedRows) > 0;
    },
    remove: (name) =>
      db.transaction().execute(async (tx) => {
        // Holds up a deployment into it until this is decided.
        const row = await tx
          .selectFrom('scf.namespace')
          .select('name')
          .where('name', '=', name)
          .forUpdate()
          .executeTakeFirst();
        if (!row) return 'not-found';
        const used = await tx
          .selectFrom('scf.function')
          .select('name')
          .where('namespace', '=', name)
          .limit(1)
          .executeTakeFirst();
        if (used) return 'in-use';
        await tx.deleteFrom('scf.namespace').where('name', '=', name).execute();
        return 'removed';
      }),
  };
}

function toNamespace(row: Selectable<NamespaceTable>): Namespace {
  return {
    name: row.name,
    description: row.description,
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
  };
}
