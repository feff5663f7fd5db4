import type { TemplateKind, models } from '@vodstack/protocol';
import type { Generated } from 'kysely';
import type { DefaultTimestamp, Json } from './column-types.ts';

/** A user's template; presets are in the program. */
export interface TemplateTable {
  definition: Generated<number>;
  sub_app_id: number;
  kind: TemplateKind;
  name: string;
  comment: string;
  /** TemplateParameters of its kind, every default filled in. */
  parameters: Json<object>;
  created_at: DefaultTimestamp;
  updated_at: DefaultTimestamp;
}

/** The picture of an image watermark. A picture given anew gets a new name; an address never shows another picture. */
export interface WatermarkImageTable {
  name: string;
  definition: number;
  blob_key: string;
  content_type: string;
  size_bytes: number;
  md5: string;
  created_at: DefaultTimestamp;
}

export interface ProcedureTable {
  sub_app_id: number;
  name: string;
  comment: string;
  media_process_task: Json<models.MediaProcessTaskInput>;
  created_at: DefaultTimestamp;
  updated_at: DefaultTimestamp;
}
