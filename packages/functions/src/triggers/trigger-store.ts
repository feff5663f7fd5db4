import type { Kysely, Selectable } from 'kysely';
import type { Database } from '@vodstack/platform';
import type { FunctionKey } from '../function-store.ts';
import type { ScfTables, TriggerTable } from '../tables.ts';

export const TRIGGER_TYPES = ['http', 'timer', 'apigw'] as const;
export type TriggerType = (typeof TRIGGER_TYPES)[number];

export interface Trigger {
  namespace: string;
  functionName: string;
  type: TriggerType;
  name: string;
  qualifier: string;
  /** JSON text, as ListTriggers shows it. */
  settings: string;
  customArgument: string;
  description: string;
  enabled: boolean;
  /** A function URL's id; an API's id. */
  resourceId: string | null;
  /** When a timer fires next. */
  nextAt: Date | null;
  createdAt: Date;
  modifiedAt: Date;
}

export interface TriggerStore {
  list(key: FunctionKey): Promise<Trigger[]>;
  listOfType(type: TriggerType): Promise<Trigger[]>;
  /** With the type of its function. */
  findByResource(resourceId: string): Promise<{ trigger: Trigger; functionType: string } | undefined>;
  /** False when the function has one of that type and name. */
  create(trigger: Trigger): Promise<boolean>;
  update(trigger: Trigger): Promise<void>;
  remove(trigger: Trigger): Promise<void>;
  /** Timers that are to fire. */
  listDue(now: Date): Promise<Trigger[]>;
  /**
   * Moves a timer on to `nextAt` and does the work in the same transaction. False, and no work, when another server was
   * faster or the timer has changed: each moment fires once.
   */
  fire(
    trigger: Trigger,
    nextAt: Date | null,
    work: (tx: Kysely<ScfTables>) => Promise<void>,
  ): Promise<boolean>;
  nextDueAt(): Promise<Date | undefined>;
}

export function createTriggerStore(database: Database): TriggerStore {
  const db = database.kysely<ScfTables>();
  return {
    async list(key) {
      const rows = await db
        .selectFrom('scf.trigger')
        .selectAll()
        .where('namespace', '=', key.namespace)
        .where('function', '=', key.name)
        .orderBy('created_at')
        .orderBy('name')
        .execute();
      return rows.map(toTrigger);
    },
    async listOfType(type) {
      const rows = await db.selectFrom('scf.trigger').selectAll().where('type', '=', type).execute();
      return rows.map(toTrigger);
    },
    async findByResource(resourceId) {
      const row = await db
        .selectFrom('scf.trigger as t')
        .leftJoin('scf.function as f', (join) =>
          join.onRef('f.namespace', '=', 't.namespace').onRef('f.name', '=', 't.function'),
        )
        .selectAll('t')
        .select('f.details')
        .where('resource_id', '=', resourceId)
        .executeTakeFirst();
      return row && { trigger: toTrigger(row), functionType: row.details?.type ?? 'Event' };
    },
    async create(trigger) {
      const result = await db
        .insertInto('scf.trigger')
        .values({ ...toKeyColumns(trigger), created_at: trigger.createdAt, ...toValues(trigger) })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return Number(result.numInsertedOrUpdatedRows) > 0;
    },
    async update(trigger) {
      await db
        .updateTable('scf.trigger')
        .set(toValues(trigger))
        .where('namespace', '=', trigger.namespace)
        .where('function', '=', trigger.functionName)
        .where('type', '=', trigger.type)
        .where('name', '=', trigger.name)
        .execute();
    },
    async remove(trigger) {
      await db
        .deleteFrom('scf.trigger')
        .where('namespace', '=', trigger.namespace)
        .where('function', '=', trigger.functionName)
        .where('type', '=', trigger.type)
        .where('name', '=', trigger.name)
        .execute();
    },
    async listDue(now) {
      const rows = await db
        .selectFrom('scf.trigger')
        .selectAll()
        .where('next_at', '<=', now)
        .orderBy('next_at')
        .limit(100)
        .execute();
      return rows.map(toTrigger);
    },
    fire: (trigger, nextAt, work) =>
      db.transaction().execute(async (tx) => {
        const result = await tx
          .updateTable('scf.trigger')
          .set({ next_at: nextAt })
          .where('namespace', '=', trigger.namespace)
          .where('function', '=', trigger.functionName)
          .where('type', '=', trigger.type)
          .where('name', '=', trigger.name)
          .where('next_at', '=', trigger.nextAt)
          .executeTakeFirst();
        if (Number(result.numUpdatedRows) === 0) return false;
        await work(tx);
        return true;
      }),
    async nextDueAt() {
      const row = await db
        .selectFrom('scf.trigger')
        .select((each) => each.fn.min('next_at').as('next_at'))
        .executeTakeFirst();
      return row?.next_at ?? undefined;
    },
  };
}

const toKeyColumns = ({ namespace, functionName, type, name }: Trigger) => ({
  namespace,
  function: functionName,
  type,
  name,
});

function toValues(trigger: Trigger) {
  return {
    qualifier: trigger.qualifier,
    settings: trigger.settings,
    custom_argument: trigger.customArgument,
    description: trigger.description,
    enabled: trigger.enabled,
    resource_id: trigger.resourceId,
    next_at: trigger.nextAt,
    modified_at: trigger.modifiedAt,
  };
}

function toTrigger(row: Selectable<TriggerTable>): Trigger {
  return {
    namespace: row.namespace,
    functionName: row.function,
    // Only these are ever written.
    type: row.type as TriggerType,
    name: row.name,
    qualifier: row.qualifier,
    settings: row.settings,
    customArgument: row.custom_argument,
    description: row.description,
    enabled: row.enabled,
    resourceId: row.resource_id,
    nextAt: row.next_at,
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
  };
}
