import type { MediaBasicInfo, MediaMetaData, MediaSourceData } from '@vodstack/protocol';
import type { ColumnType, Generated } from 'kysely';
import type { WorkDetails } from '../transcode/index.ts';
import type { DefaultTimestamp, NullableJson, NullableTimestamp } from './column-types.ts';

/** A moment worth finding, with what there is to see. */
export interface KeyFrame {
  readonly timeOffsetSec: number;
  readonly content: string;
}

export interface ClassTable {
  class_id: Generated<number>;
  sub_app_id: number;
  /** -1 at the top. */
  parent_id: number;
  name: string;
  created_at: DefaultTimestamp;
}

export interface SubtitleTable {
  file_id: string;
  subtitle_id: string;
  name: string;
  language: string;
  format: string;
  artifact_id: number;
  created_at: DefaultTimestamp;
}

export interface MediaTable {
  file_id: string;
  sub_app_id: number;
  name: string;
  description: Generated<string>;
  class_id: Generated<number>;
  type: string;
  category: MediaBasicInfo['Category'];
  storage_region: string;
  source_folder: string;
  derived_folder: string;
  source_type: MediaSourceData['SourceType'];
  source_context: Generated<string>;
  session_context: Generated<string>;
  status: Generated<MediaBasicInfo['Status']>;
  tags: Generated<string[]>;
  /** By time; one per moment. */
  key_frames: ColumnType<KeyFrame[], string | undefined, string>;
  meta_data: NullableJson<MediaMetaData>;
  probe_failure: string | null;
  expire_at: NullableTimestamp;
  created_at: DefaultTimestamp;
  updated_at: DefaultTimestamp;
}

/** `SourceSegment`: what was uploaded beside the source, such as a playlist's segments. */
export type ArtifactKind =
  | 'Source'
  | 'SourceSegment'
  | 'Subtitle'
  | 'Cover'
  | 'Transcode'
  | 'AdaptiveDynamicStreaming'
  | 'SnapshotByTimeOffset'
  | 'SampleSnapshot'
  | 'ImageSprites'
  | 'AnimatedGraphics';

export interface ArtifactTable {
  artifact_id: Generated<number>;
  file_id: string;
  kind: ArtifactKind;
  definition: Generated<number>;
  folder: string;
  name: string;
  blob_key: string;
  content_type: string;
  size_bytes: number;
  md5: string;
  meta_data: NullableJson<MediaMetaData>;
  /** The main file of the result that this one is a part of. */
  main_id: number | null;
  details: NullableJson<WorkDetails>;
  created_at: DefaultTimestamp;
}
