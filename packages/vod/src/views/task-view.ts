import { sql, type RawBuilder } from 'kysely';
import type { VodContext } from '../context.ts';
import { parsePageToken, toPageToken } from '../paging.ts';
import { findSubtasks, type SubtaskWithOutput } from '../tasks/task-repository.ts';

export const TASK_STATES: readonly ['waiting', 'processing', 'succeeded', 'failed', 'aborted'] = [
  'waiting',
  'processing',
  'succeeded',
  'failed',
  'aborted',
];
export type TaskState = (typeof TASK_STATES)[number];

/** A task as the list of all tasks shows it. */
export interface TaskSummary {
  readonly taskId: string;
  /** `Procedure`, `PullUpload`, `EditMedia` … */
  readonly kind: string;
  readonly state: TaskState;
  readonly fileId: string;
  /** Empty while there is no such media, as during a pull. */
  readonly name: string;
  readonly durationSec: number | null;
  readonly priority: number;
  readonly attempts: number;
  /** Of the process that has it, or had it. */
  readonly worker: string;
  /** 0 to 100. */
  readonly progress: number;
  readonly createdAt: string;
  readonly beginAt: string | null;
  readonly finishAt: string | null;
  /** Why it failed, for people. */
  readonly reason: string;
  readonly parts: readonly {
    readonly type: string;
    readonly definition: number;
    readonly status: string;
    readonly progress: number;
    readonly reason: string;
  }[];
}

export interface TaskPage {
  readonly items: readonly TaskSummary[];
  readonly nextCursor: string | null;
  /** Of the whole application, whatever the filter. */
  readonly waiting: number;
  readonly processing: number;
}

export interface TaskQuery {
  readonly subAppId: number;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly state?: TaskState | undefined;
}

/** A page of an application's tasks, newest first. An unknown cursor gives the first page. */
export async function listTasks(context: VodContext, query: TaskQuery): Promise<TaskPage> {
  const rows = await findPage(context, query);
  const items = rows.slice(0, query.limit);
  const subtasks = await findSubtasks(
    context.db,
    items.map(({ task_id }) => task_id),
  );
  const last = rows.length > query.limit ? items.at(-1) : undefined;
  return {
    items: items.map((row) => toTaskSummary(row, subtasks.get(row.task_id) ?? [])),
    nextCursor: last ? toPageToken({ time: last.position_time, id: last.task_id }) : null,
    ...(await countOpen(context, query.subAppId)),
  };
}

/** What the cloud's one word FINISH leaves open: whether it went well. */
const STATE: RawBuilder<TaskState> = sql<TaskState>`case
  when task.status <> 'FINISH' then lower(task.status)
  when coalesce(pull.err_code, 0) <> 0 or coalesce(edit.err_code_ext, '') <> ''
    or exists (select from vod.subtask part where part.task_id = task.task_id and part.status = 'FAIL') then 'failed'
  else 'succeeded' end`;

function findPage({ db }: VodContext, { subAppId, limit, cursor, state }: TaskQuery) {
  const after = cursor ? parsePageToken(cursor) : undefined;
  return db
    .selectFrom('vod.task as task')
    .leftJoin('vod.media as media', 'media.file_id', 'task.file_id')
    .leftJoin('vod.pull as pull', 'pull.task_id', 'task.task_id')
    .leftJoin('vod.edit as edit', 'edit.task_id', 'task.task_id')
    .leftJoin('vod.worker as worker', 'worker.worker_id', 'task.worker_id')
    .selectAll('task')
    .select([
      'media.name',
      'media.meta_data',
      'worker.name as worker_name',
      STATE.as('state'),
      sql<number | null>`coalesce(pull.progress, edit.progress)`.as('own_progress'),
      sql<string | null>`coalesce(nullif(pull.message, ''), edit.message)`.as('own_message'),
      sql<string>`task.created_at::text`.as('position_time'),
    ])
    .where('task.sub_app_id', '=', subAppId)
    .$if(state !== undefined, (select) => select.where(STATE, '=', state ?? 'waiting'))
    .$if(after !== undefined, (select) =>
      select.where(
        sql<boolean>`(task.created_at, task.task_id) < (${after?.time}::timestamptz, ${after?.id})`,
      ),
    )
    .orderBy('task.created_at', 'desc')
    .orderBy('task.task_id', 'desc')
    .limit(limit + 1)
    .execute();
}

type Row = Awaited<ReturnType<typeof findPage>>[number];

async function countOpen(
  { db }: VodContext,
  subAppId: number,
): Promise<{ waiting: number; processing: number }> {
  const rows = await db
    .selectFrom('vod.task')
    .select(['status', ({ fn }) => fn.countAll<number>().as('count')])
    .where('sub_app_id', '=', subAppId)
    .where('status', 'in', ['WAITING', 'PROCESSING'])
    .groupBy('status')
    .execute();
  const countOf = (status: string): number => rows.find((row) => row.status === status)?.count ?? 0;
  return { waiting: countOf('WAITING'), processing: countOf('PROCESSING') };
}

function toTaskSummary(row: Row, subtasks: readonly SubtaskWithOutput[]): TaskSummary {
  const failed = subtasks.find(({ status }) => status === 'FAIL');
  const own = row.own_progress ?? (row.status === 'FINISH' ? 100 : 0);
  const sum = subtasks.reduce((total, { progress }) => total + progress, 0);
  return {
    taskId: row.task_id,
    kind: row.kind,
    state: row.state,
    fileId: row.file_id,
    name: row.name ?? '',
    durationSec: row.meta_data?.Duration ?? null,
    priority: row.priority,
    attempts: row.attempt,
    worker: row.worker_name ?? '',
    progress: subtasks.length > 0 ? Math.floor(sum / subtasks.length) : own,
    createdAt: row.created_at.toISOString(),
    beginAt: row.begin_at?.toISOString() ?? null,
    finishAt: row.finish_at?.toISOString() ?? null,
    reason: failed ? reasonOf(failed) : row.state === 'failed' ? (row.own_message ?? '') : '',
    parts: subtasks.map((part) => ({
      type: part.kind,
      definition: part.definition,
      status: part.status,
      progress: part.progress,
      reason: reasonOf(part),
    })),
  };
}

function reasonOf({ status, err_code_ext, message }: SubtaskWithOutput): string {
  if (status !== 'FAIL') return '';
  return [err_code_ext, message].filter((part) => part !== '').join(': ');
}
