import type { ColumnType, Generated, JSONColumnType, Kysely, Selectable } from 'kysely';
import type {
  ErrCodeExt,
  MediaBasicInfo,
  MediaMetaData,
  MediaProcessTaskResult,
  MediaSourceData,
  models,
  TaskErrCode,
  TemplateKind,
} from '@vodstack/protocol';
import type { PlannedRunView } from './tasks/planned-run-view.ts';
import type { FaultKind, HoldKind } from './events/faults/fault-kinds.ts';
import type { WorkDetails } from './transcode/index.ts';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type DefaultTimestamp = ColumnType<Date, Date | string | undefined, Date | string>;
type NullableTimestamp = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type Json<T extends object> = JSONColumnType<T>;
type NullableJson<T extends object> = ColumnType<T | null, string | null | undefined, string | null>;

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

export interface EventConfigTable {
  sub_app_id: number;
  mode: Generated<'PUSH' | 'PULL'>;
  notification_url: Generated<string>;
  upload_switch: Generated<boolean>;
  delete_switch: Generated<boolean>;
  persistence_switch: Generated<boolean>;
  sign_key: string | null;
}

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

export type TaskStatus = 'WAITING' | 'PROCESSING' | 'FINISH' | 'ABORTED';
export type SubtaskStatus = 'WAITING' | 'PROCESSING' | 'SUCCESS' | 'FAIL';
export type NotifyMode = 'Finish' | 'Change' | 'None';

/** What a sub-task makes: its result's `Type` on the wire. */
export type SubtaskKind = MediaProcessTaskResult['Type'];

export interface TaskTable {
  task_id: string;
  sub_app_id: number;
  file_id: string;
  kind: string;
  status: Generated<TaskStatus>;
  session_id: Generated<string>;
  session_context: Generated<string>;
  notify_mode: Generated<NotifyMode>;
  priority: Generated<number>;
  attempt: Generated<number>;
  /** Who has the attempt that is under way, or had the last one. */
  worker_id: Generated<string | null>;
  created_at: DefaultTimestamp;
  begin_at: NullableTimestamp;
  finish_at: NullableTimestamp;
}

export interface WorkerTable {
  worker_id: string;
  name: string;
  role: 'server' | 'worker';
  version: string;
  cores: number;
  slots: number;
  state: 'ready' | 'draining';
  started_at: DefaultTimestamp;
  seen_at: DefaultTimestamp;
}

/** One row. */
export interface ServerTable {
  is_only: Generated<boolean>;
  app_id: number;
  public_url: string;
}

export interface SubtaskTable {
  task_id: string;
  position: number;
  kind: SubtaskKind;
  definition: number;
  input: Json<object>;
  status: Generated<SubtaskStatus>;
  progress: Generated<number>;
  err_code_ext: Generated<ErrCodeExt | ''>;
  message: Generated<string>;
  artifact_id: number | null;
  begin_at: NullableTimestamp;
  finish_at: NullableTimestamp;
}

/** How a task's results are made, by its last attempt. */
export interface TaskPlanTable {
  task_id: string;
  attempt: number;
  runs: ColumnType<readonly PlannedRunView[], string, string>;
}

/** pending → delivered | confirmed | failed; `unaddressed` when no callback URL was set at the time. */
export type EventState = 'pending' | 'delivered' | 'confirmed' | 'failed' | 'unaddressed';

export interface EventTable {
  event_id: Generated<number>;
  sub_app_id: number;
  type: string;
  file_id: string;
  mode: 'PUSH' | 'PULL';
  payload: string;
  state: Generated<EventState>;
  attempts: Generated<number>;
  /** Sends in all, until it counts as failed. */
  send_limit: Generated<number>;
  next_attempt_at: DefaultTimestamp;
  leased_until: NullableTimestamp;
  handle: string | null;
  created_at: DefaultTimestamp;
  settled_at: NullableTimestamp;
  /** The fault that it waits, or has waited, for. */
  held_for: ColumnType<HoldKind | null, HoldKind | null | undefined, HoldKind | null>;
}

export interface DeliveryTable {
  delivery_id: Generated<number>;
  event_id: number;
  attempt: number;
  url: string;
  request_headers: Json<Record<string, string>>;
  request_body: string;
  response_status: number | null;
  response_headers: NullableJson<Record<string, string>>;
  response_body: string | null;
  error: string | null;
  started_at: Timestamp;
  duration_ms: number;
  /** Null: the application's callback URL. */
  endpoint_id: ColumnType<number | null, number | null | undefined, number | null>;
  next_attempt_at: NullableTimestamp;
  /** Why there is another attempt, or none; null once it was delivered. */
  next_reason: ColumnType<string | null, string | null | undefined, string | null>;
  /** What was done wrong on purpose. */
  injected: NullableJson<FaultKind[]>;
}

/** Something that goes wrong on purpose. Null in `sub_app_id`, `event_type`, `file_id`: any. */
export interface FaultTable {
  fault_id: Generated<number>;
  kind: FaultKind;
  sub_app_id: number | null;
  event_type: string | null;
  file_id: string | null;
  probability: Generated<number>;
  /** Null: without end. */
  remaining: number | null;
  delay_ms: number | null;
  applied: Generated<number>;
  applied_at: NullableTimestamp;
  created_at: DefaultTimestamp;
}

/** A secret that signs what an endpoint gets; one that is being replaced holds until `expiresAt`. */
export interface EndpointSecret {
  readonly secret: string;
  readonly expiresAt: string | null;
}

/** An address that gets events by the profile `hardened`. */
export interface EndpointTable {
  endpoint_id: Generated<number>;
  sub_app_id: number;
  name: string;
  url: string;
  secrets: Json<EndpointSecret[]>;
  /** Null in these three: all. */
  event_types: NullableJson<string[]>;
  file_ids: NullableJson<string[]>;
  class_ids: NullableJson<number[]>;
  disabled_at: NullableTimestamp;
  disabled_reason: string | null;
  /** Failed sends in a row. */
  failures: Generated<number>;
  /** Nothing is sent before. */
  open_until: NullableTimestamp;
  created_at: DefaultTimestamp;
}

export type DispatchState = 'pending' | 'delivered' | 'dead';

/** One event on its way to one endpoint. */
export interface DispatchTable {
  event_id: number;
  endpoint_id: number;
  file_id: string;
  state: Generated<DispatchState>;
  attempts: Generated<number>;
  /** How many of them belong to earlier rounds of the schedule. */
  round_start: Generated<number>;
  round_at: DefaultTimestamp;
  next_attempt_at: DefaultTimestamp;
  leased_until: NullableTimestamp;
  reason: string | null;
  settled_at: NullableTimestamp;
  held_for: ColumnType<HoldKind | null, HoldKind | null | undefined, HoldKind | null>;
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

/** What each kind of task is asked for: the request's own members, as results repeat them. Kinds as in `TaskType`. */
export interface EditRequests {
  EditMedia: Pick<models.EditMediaRequest, 'FileInfos' | 'Definition' | 'ProcedureName' | 'OutputConfig'>;
  ComposeMedia: Pick<models.ComposeMediaRequest, 'Tracks' | 'Canvas' | 'Output'>;
  DescribeFileAttributesTask: Pick<models.DescribeFileAttributesRequest, 'FileId'>;
}

export type EditKind = keyof EditRequests;

export interface EditTable {
  task_id: string;
  file_id: string;
  request: Json<EditRequests[EditKind]>;
  result: NullableJson<object>;
  progress: Generated<number>;
  err_code_ext: Generated<ErrCodeExt | ''>;
  message: Generated<string>;
  procedure_task_id: Generated<string>;
}

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

export interface VodTables {
  'vod.sub_app': SubAppTable;
  'vod.api_key': ApiKeyTable;
  'vod.temporary_key': TemporaryKeyTable;
  'vod.event_config': EventConfigTable;
  'vod.upload': UploadTable;
  'vod.storage_object': StorageObjectTable;
  'vod.used_signature': UsedSignatureTable;
  'vod.multipart_upload': MultipartUploadTable;
  'vod.multipart_part': MultipartPartTable;
  'vod.class': ClassTable;
  'vod.subtitle': SubtitleTable;
  'vod.media': MediaTable;
  'vod.artifact': ArtifactTable;
  'vod.task': TaskTable;
  'vod.subtask': SubtaskTable;
  'vod.task_plan': TaskPlanTable;
  'vod.worker': WorkerTable;
  'vod.server': ServerTable;
  'vod.event': EventTable;
  'vod.delivery': DeliveryTable;
  'vod.endpoint': EndpointTable;
  'vod.dispatch': DispatchTable;
  'vod.fault': FaultTable;
  'vod.pull': PullTable;
  'vod.edit': EditTable;
  'vod.template': TemplateTable;
  'vod.watermark_image': WatermarkImageTable;
  'vod.procedure': ProcedureTable;
  'vod.distribution': DistributionTable;
  'vod.drm_key': DrmKeyTable;
}

export type VodDb = Kysely<VodTables>;
export type UploadRow = Selectable<UploadTable>;
export type ClassRow = Selectable<ClassTable>;
export type MediaRow = Selectable<MediaTable>;
export type ArtifactRow = Selectable<ArtifactTable>;
export type TaskRow = Selectable<TaskTable>;
export type SubtaskRow = Selectable<SubtaskTable>;
export type EventRow = Selectable<EventTable>;
export type DeliveryRow = Selectable<DeliveryTable>;
export type EndpointRow = Selectable<EndpointTable>;
export type DispatchRow = Selectable<DispatchTable>;
export type FaultRow = Selectable<FaultTable>;
export type SubAppRow = Selectable<SubAppTable>;
export type PullRow = Selectable<PullTable>;
export type EditRow = Selectable<EditTable>;
export type EventConfigRow = Selectable<EventConfigTable>;
export type TemplateRow = Selectable<TemplateTable>;
export type ProcedureRow = Selectable<ProcedureTable>;
export type DistributionRow = Selectable<DistributionTable>;
