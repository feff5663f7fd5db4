import { ApiError, invalidParameterValue } from '@vodstack/protocol';
import { sql } from 'kysely';
import { resolveSubAppId } from '../applications.ts';
import { toWireTime } from '../media/wire-time.ts';
import { parsePageToken, type Position, toPageToken } from '../paging.ts';
import type { TaskRow, TaskStatus } from '../tables.ts';
import { defineAction, type Action } from './action.ts';
import { VISIBLE_HOURS } from './describe-task-detail.ts';
import type { DescribeTasksRequest } from './request-types.ts';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;
const STATUSES: readonly string[] = ['WAITING', 'PROCESSING', 'FINISH'] satisfies TaskStatus[];

/** Tasks of the last three days, newest first, page by page (266/33430). */
export const describeTasks: Action<DescribeTasksRequest> = defineAction({
  name: 'DescribeTasks',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const limit = parseLimit(request.Limit);
    const isAscending = request.Sort?.Order === 'Asc';
    const field = request.Sort?.Field === 'FinishTime' ? 'finish_at' : 'created_at';
    const after = parseToken(request.ScrollToken);
    const order = isAscending ? 'asc' : 'desc';
    let query = context.db
      .selectFrom('vod.task')
      .selectAll()
      .select(sql<string>`${sql.ref(field)}::text`.as('position_time'))
      .where('sub_app_id', '=', subAppId)
      .where('created_at', '>', sql<Date>`now() - make_interval(hours => ${VISIBLE_HOURS})`);
    if (request.Status) query = query.where('status', '=', parseStatus(request.Status));
    if (request.FileId) query = query.where('file_id', '=', request.FileId);
    for (const [column, range] of [
      ['created_at', request.CreateTime],
      ['finish_at', request.FinishTime],
    ] as const) {
      if (range?.After) query = query.where(column, '>=', parseTime(range.After));
      if (range?.Before) query = query.where(column, '<', parseTime(range.Before));
    }
    if (field === 'finish_at') query = query.where('finish_at', 'is not', null);
    if (after) {
      const row = sql`(${sql.ref(field)}, task_id)`;
      query = query.where(
        sql<boolean>`${row} ${sql.raw(isAscending ? '>' : '<')} (${after.time}::timestamptz, ${after.id})`,
      );
    }
    const tasks = await query
      .orderBy(field, order)
      .orderBy('task_id', order)
      .limit(limit + 1)
      .execute();
    const page = tasks.slice(0, limit);
    const last = tasks.length > limit ? page.at(-1) : undefined;
    return {
      TaskSet: page.map(toItem),
      ScrollToken: last ? toPageToken({ time: last.position_time, id: last.task_id }) : '',
    };
  },
});

function toItem(task: TaskRow): Record<string, unknown> {
  return {
    TaskId: task.task_id,
    Status: task.status,
    TaskType: task.kind,
    FileId: task.file_id,
    CreateTime: toWireTime(task.created_at),
    BeginProcessTime: toWireTime(task.begin_at),
    FinishTime: toWireTime(task.finish_at),
    SessionId: task.session_id,
    SessionContext: task.session_context,
  };
}

function parseLimit(limit: number | null | undefined): number {
  const value = limit ?? DEFAULT_LIMIT;
  if (Number.isInteger(value) && value >= 1 && value <= MAX_LIMIT) return value;
  throw new ApiError(
    'InvalidParameterValue',
    `The parameter \`Limit\` must be 1 to ${MAX_LIMIT}, got ${value}.`,
  );
}

function parseStatus(status: string): TaskStatus {
  if (STATUSES.includes(status)) return status as TaskStatus;
  throw invalidParameterValue(
    'Status',
    `must be WAITING, PROCESSING or FINISH, got ${JSON.stringify(status.slice(0, 40))}.`,
  );
}

function parseTime(text: string): Date {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw new ApiError(
    'InvalidParameterValue',
    `A time must be in ISO 8601, such as 2026-01-01T00:00:00Z, got ${JSON.stringify(text.slice(0, 40))}.`,
  );
}

function parseToken(token: string | null | undefined): Position | undefined {
  if (!token) return undefined;
  const position = parsePageToken(token);
  if (position) return position;
  throw new ApiError(
    'InvalidParameterValue',
    'The parameter `ScrollToken` must be one that DescribeTasks returned.',
  );
}
