import type { Kysely, Selectable } from 'kysely';
import type { ApiKeyTable, SubAppTable, TemporaryKeyTable } from './tables/applications.ts';
import type {
  DeliveryTable,
  DispatchTable,
  EndpointTable,
  EventConfigTable,
  EventTable,
  FaultTable,
} from './tables/events.ts';
import type { ArtifactTable, ClassTable, MediaTable, SubtitleTable } from './tables/media.ts';
import type { DistributionTable, DrmKeyTable } from './tables/playback.ts';
import type {
  EditTable,
  ServerTable,
  SubtaskTable,
  TaskPartTable,
  TaskPlanTable,
  TaskTable,
  WorkerTable,
} from './tables/tasks.ts';
import type { ProcedureTable, TemplateTable, WatermarkImageTable } from './tables/templates.ts';
import type {
  MultipartPartTable,
  MultipartUploadTable,
  PullTable,
  StorageObjectTable,
  UploadTable,
  UsedSignatureTable,
} from './tables/uploads.ts';

export type { ResourceTag } from './tables/applications.ts';
export type { DeliveryTable, DispatchState, EventState } from './tables/events.ts';
export type { ArtifactKind, KeyFrame } from './tables/media.ts';
export type {
  EditKind,
  EditRequests,
  NotifyMode,
  SubtaskKind,
  TaskPartState,
  TaskStatus,
} from './tables/tasks.ts';
export type { WatermarkImageTable } from './tables/templates.ts';
export type {
  MultipartPartTable,
  MultipartUploadTable,
  PullRequest,
  StorageObjectTable,
  UploadParameters,
} from './tables/uploads.ts';

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
  'vod.task_part': TaskPartTable;
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
export type TaskPartRow = Selectable<TaskPartTable>;
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
