import type { MediaMetaData } from '@vodstack/protocol';
import type { VodContext } from '../context.ts';
import type { DistributionRow, VodDb } from '../tables.ts';
import { findWatermarkFile } from '../templates/watermark-image.ts';

/** A file with a media address, and what decides about who may have it. */
export interface MediaFile {
  readonly blob_key: string;
  readonly content_type: string;
  readonly size_bytes: number;
  readonly md5: string;
  readonly created_at: Date;
  readonly file_id: string;
  readonly status: string;
  /** Of what is played from this file; null for segments, pictures and texts. */
  readonly durationSec: number | null;
  /** Absent while nobody has asked for the application's configuration: everything is open then. */
  readonly protection: Protection | undefined;
}

export type Protection = Pick<
  DistributionRow,
  | 'drm_secret'
  | 'hotlink_enabled'
  | 'hotlink_key'
  | 'referer_enabled'
  | 'referer_type'
  | 'referers'
  | 'blank_referer_allowed'
>;

export async function findMediaFile(
  { db }: VodContext,
  folder: string,
  name: string,
): Promise<MediaFile | undefined> {
  const row = await db
    .selectFrom('vod.artifact')
    .innerJoin('vod.media', 'vod.media.file_id', 'vod.artifact.file_id')
    .leftJoin('vod.distribution', 'vod.distribution.sub_app_id', 'vod.media.sub_app_id')
    .select([
      'vod.artifact.blob_key',
      'vod.artifact.content_type',
      'vod.artifact.size_bytes',
      'vod.artifact.md5',
      'vod.artifact.created_at',
      'vod.artifact.file_id',
      'vod.artifact.kind',
      'vod.artifact.meta_data',
      'vod.media.status',
      'vod.media.meta_data as source_meta',
      'drm_secret',
      'hotlink_enabled',
      'hotlink_key',
      'referer_enabled',
      'referer_type',
      'referers',
      'blank_referer_allowed',
    ])
    .where('vod.artifact.folder', '=', folder)
    .where('vod.artifact.name', '=', name)
    .executeTakeFirst();
  if (!row) return await findPublicFile(db, folder, name);
  const meta: MediaMetaData | null = row.kind === 'Source' ? row.source_meta : row.meta_data;
  return { ...row, durationSec: meta?.Duration || null, protection: toProtection(row) };
}

/** A picture of a watermark template: it belongs to no media, and everybody sees it anyway. */
async function findPublicFile(db: VodDb, folder: string, name: string): Promise<MediaFile | undefined> {
  const picture = await findWatermarkFile(db, folder, name);
  return picture && { ...picture, file_id: '', status: 'Normal', durationSec: null, protection: undefined };
}

function toProtection(row: { [Name in keyof Protection]: Protection[Name] | null }): Protection | undefined {
  const { drm_secret, hotlink_enabled, hotlink_key, referer_enabled } = row;
  const { referer_type, referers, blank_referer_allowed } = row;
  return drm_secret === null
    ? undefined
    : {
        drm_secret,
        hotlink_enabled: hotlink_enabled ?? false,
        hotlink_key: hotlink_key ?? '',
        referer_enabled: referer_enabled ?? false,
        referer_type: referer_type ?? 'Black',
        referers: referers ?? [],
        blank_referer_allowed: blank_referer_allowed ?? true,
      };
}
