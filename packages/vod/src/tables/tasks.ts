import type { ErrCodeExt, MediaProcessTaskResult, models } from '@vodstack/protocol';
import type { ColumnType, Generated } from 'kysely';
import type { PlannedRunView } from '../tasks/planned-run-view.ts';
import type { ChunkPart } from '../transcode/index.ts';
import type { DefaultTimestamp, Json, NullableJson, NullableTimestamp } from './column-types.ts';

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

/** `unfit`: one run over the whole source has to do it; `failed`: the machine was at fault, too often. */
export type TaskPartState = 'waiting' | 'done' | 'unfit' | 'failed';

/** A part of a long source. One that waits has a job in the queue. */
export interface TaskPartTable {
  task_id: string;
  part: number;
  plan_key: string;
  source_key: string;
  run: NullableJson<ChunkPart>;
  pictures: number;
  state: Generated<TaskPartState>;
  done_sec: Generated<number>;
  attempts: Generated<number>;
  /** Who is at it, or did it. */
  worker_id: Generated<string | null>;
  message: Generated<string>;
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
