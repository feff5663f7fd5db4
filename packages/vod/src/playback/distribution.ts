import { newPlayKey } from '../ids.ts';
import type { DistributionRow, VodDb } from '../tables.ts';
import type { VodContext } from '../context.ts';

export type DistributionChanges = Partial<
  Pick<
    DistributionRow,
    | 'play_key'
    | 'hotlink_enabled'
    | 'hotlink_key'
    | 'referer_enabled'
    | 'referer_type'
    | 'referers'
    | 'blank_referer_allowed'
  >
>;

/** How an application's media may be played; its keys are made the first time. */
export async function readDistribution(db: VodDb, subAppId: number): Promise<DistributionRow> {
  const found = await findDistribution(db, subAppId);
  if (found) return found;
  await db
    .insertInto('vod.distribution')
    .values({ sub_app_id: subAppId, play_key: newPlayKey(), drm_secret: newPlayKey() + newPlayKey() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return await readDistribution(db, subAppId);
}

/** The same without making anything. */
export async function findDistribution(db: VodDb, subAppId: number): Promise<DistributionRow | undefined> {
  return await db
    .selectFrom('vod.distribution')
    .selectAll()
    .where('sub_app_id', '=', subAppId)
    .executeTakeFirst();
}

/** What is not given stays as it is. */
export async function changeDistribution(
  db: VodDb,
  subAppId: number,
  changes: DistributionChanges,
): Promise<void> {
  await readDistribution(db, subAppId);
  if (Object.keys(changes).length === 0) return;
  const { referers, ...others } = changes;
  await db
    .updateTable('vod.distribution')
    .set({ ...others, ...(referers ? { referers: JSON.stringify(referers) } : {}) })
    .where('sub_app_id', '=', subAppId)
    .execute();
}

/** The one domain that there is: the host under which clients reach this server, with its port. */
export function ownDomain(context: VodContext): { domain: string; scheme: 'HTTP' | 'HTTPS' } {
  const { host, protocol } = new URL(context.publicUrl());
  return { domain: host, scheme: protocol === 'https:' ? 'HTTPS' : 'HTTP' };
}

export function isOwnDomain(context: VodContext, name: string): boolean {
  const { host, hostname } = new URL(context.publicUrl());
  return name.toLowerCase() === host || name.toLowerCase() === hostname;
}
