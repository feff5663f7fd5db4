import { createHash } from 'node:crypto';
import { randomHex } from '../ids.ts';

/** Storage regions by their short name in bucket and folder names. */
const REGION_CODES = {
  'ap-beijing': 'bj',
  'ap-chongqing': 'cq',
  'ap-guangzhou': 'gz',
  'ap-shanghai': 'sh',
  'ap-nanjing': 'nj',
  'ap-chengdu': 'cd',
  'ap-hongkong': 'hk',
  'ap-singapore': 'sg',
} as const;

export type StorageRegion = keyof typeof REGION_CODES;

export const DEFAULT_STORAGE_REGION: StorageRegion = 'ap-chongqing';

export function isStorageRegion(value: string): value is StorageRegion {
  return Object.hasOwn(REGION_CODES, value);
}

export interface MediaLocation {
  /** `{8 hex}vod{region}{appid}/{8 hex}{FileId}`: where the uploaded file is addressed. */
  readonly sourceFolder: string;
  /** The same with `vodtrans`: where everything made from it is addressed. */
  readonly derivedFolder: string;
  /** `{name}-{appid}`, the form that the object storage clients insist on. */
  readonly bucket: string;
}

/** The address of a new media, in the cloud's own shape (observed, not documented as a rule). */
export function newMediaLocation(subAppId: number, fileId: string, region: StorageRegion): MediaLocation {
  const account = `${REGION_CODES[region]}${subAppId}`;
  const digest = createHash('md5').update(account).digest('hex');
  const folder = `${randomHex(8)}${fileId}`;
  return {
    sourceFolder: `${digest.slice(0, 8)}vod${account}/${folder}`,
    derivedFolder: `${digest.slice(8, 16)}vodtrans${account}/${folder}`,
    bucket: toBucket(subAppId, region),
  };
}

/**
 * The bucket of an application's uploads to a region.
 * @param region one that the server knows
 */
export function toBucket(subAppId: number, region: string): string {
  const code = isStorageRegion(region) ? REGION_CODES[region] : REGION_CODES[DEFAULT_STORAGE_REGION];
  const digest = createHash('md5').update(`${code}${subAppId}`).digest('hex');
  return `${digest.slice(0, 8)}vod${code}-${subAppId}`;
}

/** First path segment of every media URL, for routing. */
export const MEDIA_FOLDER_PATTERN = '[0-9a-f]{8}vod(?:trans)?[a-z]{2}\\d+';

export function toMediaUrl(publicUrl: string, file: { folder: string; name: string }): string {
  return `${publicUrl}/${file.folder}/${file.name}`;
}
