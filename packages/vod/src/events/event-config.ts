import type { EventConfigRow, VodDb } from '../tables.ts';

export type EventConfig = Omit<EventConfigRow, 'sub_app_id'>;

/** The cloud's defaults: push mode without an address, every switch OFF. */
const DEFAULTS: EventConfig = {
  mode: 'PUSH',
  notification_url: '',
  upload_switch: false,
  delete_switch: false,
  persistence_switch: false,
  sign_key: null,
};

export async function readEventConfig(db: VodDb, subAppId: number): Promise<EventConfig> {
  const row = await db
    .selectFrom('vod.event_config')
    .selectAll()
    .where('sub_app_id', '=', subAppId)
    .executeTakeFirst();
  return row ?? DEFAULTS;
}

/** Changes the given fields and leaves the others as they are. */
export async function changeEventConfig(
  db: VodDb,
  subAppId: number,
  changes: Partial<EventConfig>,
): Promise<void> {
  await db
    .insertInto('vod.event_config')
    .values({ ...DEFAULTS, ...changes, sub_app_id: subAppId })
    .onConflict((conflict) =>
      Object.keys(changes).length === 0
        ? conflict.doNothing()
        : conflict.column('sub_app_id').doUpdateSet(changes),
    )
    .execute();
}
