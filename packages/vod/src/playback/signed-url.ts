import { createHotlinkQuery, type HotlinkParameters, toHotlinkTime } from '@vodstack/protocol';
import type { VodContext } from '../context.ts';
import { toMediaUrl } from '../media/locations.ts';
import type { DistributionRow } from '../tables.ts';
import { findDistribution } from './distribution.ts';

interface Place {
  readonly folder: string;
  readonly name: string;
}

/** What makes a file's URL. */
export type UrlMaker = (file: Place) => string;

/** Signed when the application wants signed URLs, plain otherwise. */
export function createUrlMaker(
  publicUrl: string,
  distribution: Pick<DistributionRow, 'hotlink_enabled' | 'hotlink_key'> | undefined,
  parameters: HotlinkParameters,
): UrlMaker {
  return (file) => {
    const url = toMediaUrl(publicUrl, file);
    if (!distribution?.hotlink_enabled) return url;
    const path = `/${file.folder}/${file.name}`;
    return `${url}?${createHotlinkQuery(distribution.hotlink_key, path, parameters)}`;
  };
}

const HALF_DAY_SEC = 12 * 3600;

/**
 * For the console's own player. The URLs stay the same for half a day, and are good for half a day longer: a new URL with every
 * look at the media would start the player anew.
 */
export async function createConsoleUrlMaker(context: VodContext, subAppId: number): Promise<UrlMaker> {
  const distribution = await findDistribution(context.db, subAppId);
  const halfDays = Math.ceil(context.clock().getTime() / 1000 / HALF_DAY_SEC) + 1;
  return createUrlMaker(context.publicUrl(), distribution, { t: toHotlinkTime(halfDays * HALF_DAY_SEC) });
}
