import type { TaskErrCode } from '@vodstack/protocol';
import type { Generated } from 'kysely';
import type { DefaultTimestamp, Json, NullableTimestamp, Timestamp } from './column-types.ts';
import type { NotifyMode } from './tasks.ts';

/** What ApplyUpload was told and CommitUpload turns into the media's own fields. */
export interface UploadParameters {
  classId?: number;
  sourceContext?: string;
  sessionContext?: string;
  expireTime?: string;
  /** The procedure that is to run once the upload is committed, by its name or as a text of its own. */
  procedure?: string;
  /** Of the task that the procedure starts: -10 to 10. Only upload signatures say these two. */
  tasksPriority?: number;
  tasksNotifyMode?: NotifyMode;
}

export interface UploadTable {
  session_key: string;
  sub_app_id: number;
  file_id: string;
  media_name: string;
  media_type: string;
  bucket: string;
  region: string;
  media_key: string;
  cover_key: string | null;
  /** The upload brings a new cover for a media that is there: media_key and cover_key are the same then. */
  replaces_cover: Generated<boolean>;
  parameters: Json<UploadParameters>;
  secret_id: string;
  secret_key: string;
  token: string;
  expires_at: Timestamp;
  created_at: DefaultTimestamp;
  committed_at: NullableTimestamp;
}

export interface StorageObjectTable {
  bucket: string;
  object_key: string;
  session_key: string;
  blob_key: string;
  size_bytes: number;
  /** Of the whole object, hex. */
  md5: string;
  /** Without quotes; not the MD5 when the object was joined from parts. */
  etag: string;
  upload_id: string | null;
  content_type: string;
  created_at: DefaultTimestamp;
}

/** A one-time upload signature that has opened an upload. */
export interface UsedSignatureTable {
  /** SHA-256, hex. */
  digest: string;
  expires_at: Timestamp;
}

export interface MultipartUploadTable {
  upload_id: string;
  session_key: string;
  object_key: string;
  content_type: string | null;
  /** The blob that the parts are put together in. */
  joined_key: string | null;
  /** Of every part but the last; null until part 1 came. */
  part_bytes: number | null;
  created_at: DefaultTimestamp;
}

export interface MultipartPartTable {
  upload_id: string;
  part_number: number;
  /** Null: at its place in the joined blob. */
  blob_key: string | null;
  size_bytes: number;
  md5: string;
  created_at: DefaultTimestamp;
}

/** What PullUpload was told. */
export interface PullRequest {
  url: string;
  /** Extension; absent: to be found from the answer. */
  mediaType?: string;
  mediaName: string;
  cover?: { url: string; type: string };
  region: string;
  parameters: UploadParameters;
}

export interface PullTable {
  task_id: string;
  file_id: string;
  request: Json<PullRequest>;
  validator: string | null;
  progress: Generated<number>;
  err_code: Generated<TaskErrCode>;
  message: Generated<string>;
  procedure_task_id: Generated<string>;
}
