import type { ColumnType, Generated } from 'kysely';
import type { DefaultTimestamp } from './column-types.ts';

/** How an application's media may be played. */
export interface DistributionTable {
  sub_app_id: number;
  /** Signs what players present (psign). */
  play_key: string;
  /** Signs the tokens for decryption keys. */
  drm_secret: string;
  hotlink_enabled: Generated<boolean>;
  /** Signs playback URLs. */
  hotlink_key: Generated<string>;
  referer_enabled: Generated<boolean>;
  referer_type: Generated<'Black' | 'White'>;
  referers: ColumnType<string[], string | undefined, string>;
  blank_referer_allowed: Generated<boolean>;
  created_at: DefaultTimestamp;
}

/** The content key of an encrypted result. */
export interface DrmKeyTable {
  /** 32 hexadecimal digits, part of the key's address. */
  key_id: string;
  file_id: string;
  key: Buffer;
  created_at: DefaultTimestamp;
}
