import { invalidParameterValue } from '@vodstack/protocol';
import { notifyLive } from '@vodstack/platform';
import { type InsertObject, sql } from 'kysely';
import type { VodContext } from '../context.ts';
import { drawTaskFailures, type InjectedFailure } from '../events/faults/task-faults.ts';
import { newTaskId } from '../ids.ts';
import type { NotifyMode, SubtaskKind, VodDb, VodTables } from '../tables.ts';

/** Queue of tasks that make renditions. */
export const TRANSCODE_QUEUE = 'vod-transcode';

/** A SessionId seen again within this time is refused (ProcessMedia request documentation). */
const SESSION_DAYS = 3;

export interface NewSubtask {
  readonly kind: SubtaskKind;
  readonly definition: number;
  /** The wire's `…TaskInput`, as the results repeat it. */
  readonly input: object;
}

export interface NewTask {
  readonly subAppId: number;
  readonly fileId: string;
  readonly sessionId: string;
  /** For how long a SessionId is refused when it comes again; default 3. */
  readonly sessionDays?: number;
  readonly sessionContext: string;
  readonly notifyMode: NotifyMode;
  readonly priority: number;
  /** One sub-task per entry, in this order. */
  readonly subtasks: readonly NewSubtask[];
}

/**
 * Records a task and queues its work, in one transaction: an id that was handed out survives a crash.
 * @returns the TaskId
 * @throws ApiError InvalidParameterValue.SessionId when this SessionId was used within the last days
 */
export async function createTask(context: VodContext, task: NewTask): Promise<string> {
  return await context.db.transaction().execute((tx) => createTaskIn(context, tx, task));
}

/** The same in the caller's transaction. */
export async function createTaskIn(context: VodContext, tx: VodDb, task: NewTask): Promise<string> {
  const taskId = newTaskId(task.subAppId);
  await assertNewSession(tx, task);
  await insertTask(tx, taskId, task);
  await context.jobs.send(tx, TRANSCODE_QUEUE, { taskId }, { priority: task.priority });
  await notifyLive(tx, { kind: 'task', id: taskId });
  await notifyLive(tx, { kind: 'media', id: task.fileId });
  return taskId;
}

/** @throws ApiError InvalidParameterValue.SessionId when a task of this application had it within the last days */
export async function assertNewSession(
  tx: VodDb,
  task: Pick<NewTask, 'subAppId' | 'sessionId' | 'sessionDays'>,
): Promise<void> {
  if (task.sessionId === '') return;
  const { sessionDays = SESSION_DAYS } = task;
  // Two requests with one SessionId at the same moment: the second waits here and then finds the first one's task.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${task.subAppId}:${task.sessionId}`}, 0))`.execute(
    tx,
  );
  const earlier = await tx
    .selectFrom('vod.task')
    .select('task_id')
    .where('sub_app_id', '=', task.subAppId)
    .where('session_id', '=', task.sessionId)
    .where('created_at', '>', sql<Date>`now() - make_interval(days => ${sessionDays})`)
    .executeTakeFirst();
  if (!earlier) return;
  throw invalidParameterValue(
    'SessionId',
    `was used within the last ${sessionDays} days, by task ${earlier.task_id}.`,
  );
}

async function insertTask(tx: VodDb, taskId: string, task: NewTask): Promise<void> {
  await tx
    .insertInto('vod.task')
    .values({
      task_id: taskId,
      sub_app_id: task.subAppId,
      file_id: task.fileId,
      kind: 'Procedure',
      session_id: task.sessionId,
      session_context: task.sessionContext,
      notify_mode: task.notifyMode,
      priority: task.priority,
    })
    .execute();
  const failures = await drawTaskFailures(tx, task, task.subtasks.length);
  await tx
    .insertInto('vod.subtask')
    .values(
      task.subtasks.map(({ kind, definition, input }, position) => ({
        task_id: taskId,
        position,
        kind,
        definition,
        input: JSON.stringify(input),
        ...toFailed(failures.get(position)),
      })),
    )
    .execute();
}

/** A worker leaves a sub-task alone that has failed already. */
function toFailed(failure: InjectedFailure | undefined): Partial<InsertObject<VodTables, 'vod.subtask'>> {
  if (!failure) return {};
  const now = sql<Date>`now()`;
  return {
    status: 'FAIL',
    err_code_ext: failure.errCodeExt,
    message: failure.message,
    begin_at: now,
    finish_at: now,
  };
}
