import type { ColumnType, Generated } from 'kysely';
import type { DefaultTimestamp, NullableJson, NullableTimestamp, Timestamp } from './column-types.ts';

export interface ResourceTag {
  TagKey: string;
  TagValue: string;
}

export interface SubAppTable {
  sub_app_id: number;
  name: string;
  status: Generated<'On' | 'Off' | 'Destroyed'>;
  description: Generated<string>;
  type: Generated<string>;
  mode: Generated<string>;
  storage_regions: ColumnType<string[], string | undefined, string>;
  tags: ColumnType<ResourceTag[], string | undefined, string>;
  created_at: DefaultTimestamp;
}

export interface ApiKeyTable {
  secret_id: string;
  secret_key: string;
  name: Generated<string>;
  /** Null: all of the account's. */
  sub_app_ids: NullableJson<number[]>;
  disabled_at: NullableTimestamp;
  /** Once a minute at most. */
  last_used_at: NullableTimestamp;
  created_at: DefaultTimestamp;
}

export interface TemporaryKeyTable {
  secret_id: string;
  secret_key: string;
  token: string;
  parent: string;
  sub_app_ids: NullableJson<number[]>;
  expires_at: Timestamp;
  created_at: DefaultTimestamp;
}
