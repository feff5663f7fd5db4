import { sql, type RawBuilder } from 'kysely';
import type { VodContext } from '../context.ts';
import { findArtifacts, type MediaWithArtifacts } from '../media/media-repository.ts';
import { parsePageToken, toPageToken } from '../paging.ts';
import { createConsoleUrlMaker, type UrlMaker } from '../playback/signed-url.ts';
import type { ArtifactRow, MediaRow } from '../tables.ts';
import { findSubtasks, type SubtaskWithOutput, type TaskWithSubtasks } from '../tasks/task-repository.ts';

/** A media as a list shows it: sizes in bytes, durations in seconds. */
export interface MediaSummary {
  readonly fileId: string;
  readonly name: string;
  readonly type: string;
  readonly category: string;
  readonly sizeBytes: number;
  readonly durationSec: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly status: 'Processing' | 'Normal' | 'Failed';
  /** 0 to 100 while processing. */
  readonly progress: number | null;
  /** Why the last task failed, for people. */
  readonly failure: string | null;
  /** Not to be played. */
  readonly isForbidden: boolean;
  readonly classId: number;
  readonly tags: readonly string[];
  readonly createdAt: string;
  readonly mediaUrl: string;
  readonly outputs: readonly MediaOutput[];
}

export interface MediaOutput {
  readonly definition: number;
  readonly url: string;
  readonly width: number;
  readonly height: number;
  readonly sizeBytes: number;
}

export interface MediaPage {
  readonly items: readonly MediaSummary[];
  readonly nextCursor: string | null;
  readonly total: number;
}

export const MEDIA_SORTS: readonly ['newest', 'oldest', 'name'] = ['newest', 'oldest', 'name'];

export interface MediaQuery {
  readonly subAppId: number;
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Part of a name, or a whole FileId. */
  readonly text?: string | undefined;
  /** `Video`, `Audio` or `Image`. */
  readonly category?: string | undefined;
  readonly classId?: number | undefined;
  readonly tag?: string | undefined;
  /** `Forbidden`: not to be played. */
  readonly status?: 'Processing' | 'Failed' | 'Forbidden' | undefined;
  readonly sort?: (typeof MEDIA_SORTS)[number] | undefined;
}

/** A page of media, newest first unless the query says otherwise. An unknown cursor gives the first page. */
export async function listMedia(context: VodContext, query: MediaQuery): Promise<MediaPage> {
  const matching = findMatching(context, query);
  const { page, total } = await findPage(matching, query);
  const items = page.slice(0, query.limit);
  const last = page.length > query.limit ? items.at(-1) : undefined;
  return {
    items: await summarize(context, query.subAppId, items),
    nextCursor: last ? toPageToken({ time: last.position_time, id: last.file_id }) : null,
    total,
  };
}

function findMatching({ db }: VodContext, query: MediaQuery) {
  const { text, category, classId, tag } = query;
  let matching = db.selectFrom('vod.media').where('sub_app_id', '=', query.subAppId);
  if (text) {
    const pattern = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    matching = matching.where((where) =>
      where.or([where('name', 'ilike', pattern), where('file_id', '=', text)]),
    );
  }
  if (category) matching = matching.where(sql<boolean>`category = ${category}`);
  if (classId !== undefined) matching = matching.where('class_id', '=', classId);
  if (tag) matching = matching.where(sql<boolean>`tags @> array[${tag}]`);
  if (query.status === 'Forbidden') matching = matching.where('status', '=', 'Forbidden');
  if (query.status === 'Processing') matching = matching.where(HAS_OPEN_TASK);
  if (query.status === 'Failed') matching = matching.where(LAST_TASK_FAILED);
  return matching;
}

const HAS_OPEN_TASK: RawBuilder<boolean> = sql<boolean>`file_id in (
  select task.file_id from vod.task task where task.status in ('WAITING', 'PROCESSING'))`;
const LAST_TASK_FAILED: RawBuilder<boolean> = sql<boolean>`file_id in (
  select task.file_id from vod.subtask part join vod.task task using (task_id)
  where part.status = 'FAIL' and task.status = 'FINISH' and not exists (
    select from vod.task later where later.file_id = task.file_id and later.created_at > task.created_at))`;

async function findPage(matching: ReturnType<typeof findMatching>, { cursor, sort, limit }: MediaQuery) {
  const after = cursor ? parsePageToken(cursor) : undefined;
  const order = sort === 'oldest' || sort === 'name' ? 'asc' : 'desc';
  let page = matching.selectAll().select(sql<string>`created_at::text`.as('position_time'));
  if (after && sort === 'name') {
    page = page.where(
      sql<boolean>`(name, file_id) > (select name, file_id from vod.media where file_id = ${after.id})`,
    );
  } else if (after) {
    const sign = sql.raw(order === 'asc' ? '>' : '<');
    page = page.where(sql<boolean>`(created_at, file_id) ${sign} (${after.time}::timestamptz, ${after.id})`);
  }
  const [rows, { total }] = await Promise.all([
    page
      .orderBy(sort === 'name' ? 'name' : 'created_at', order)
      .orderBy('file_id', order)
      .limit(limit + 1)
      .execute(),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { page: rows, total };
}

async function summarize(
  context: VodContext,
  subAppId: number,
  rows: readonly MediaRow[],
): Promise<MediaSummary[]> {
  const fileIds = rows.map(({ file_id }) => file_id);
  if (fileIds.length === 0) return [];
  const [artifacts, tasks, toUrl] = await Promise.all([
    findArtifacts(context.db, fileIds),
    findTasks(context, fileIds),
    createConsoleUrlMaker(context, subAppId),
  ]);
  return rows.map((media) =>
    toSummary(
      { media, artifacts: artifacts.get(media.file_id) ?? [] },
      tasks.get(media.file_id) ?? [],
      toUrl,
    ),
  );
}

/** All tasks of each media, newest first. */
export async function findTasks(
  { db }: VodContext,
  fileIds: readonly string[],
): Promise<Map<string, TaskWithSubtasks[]>> {
  const tasks = await db
    .selectFrom('vod.task')
    .selectAll()
    .where('file_id', 'in', fileIds)
    .orderBy('created_at', 'desc')
    .execute();
  const subtasks = await findSubtasks(
    db,
    tasks.map(({ task_id }) => task_id),
  );
  const whole = tasks.map((task) => ({ task, subtasks: subtasks.get(task.task_id) ?? [] }));
  return Map.groupBy(whole, ({ task }) => task.file_id);
}

export function toSummary(
  { media, artifacts }: MediaWithArtifacts,
  tasks: readonly TaskWithSubtasks[],
  toUrl: UrlMaker,
): MediaSummary {
  const source = artifacts.find(({ kind }) => kind === 'Source');
  const meta = media.meta_data;
  return {
    fileId: media.file_id,
    name: media.name,
    type: media.type,
    category: media.category,
    sizeBytes: source?.size_bytes ?? 0,
    durationSec: meta?.Duration ?? null,
    width: meta?.Width || null,
    height: meta?.Height || null,
    ...toState(tasks),
    isForbidden: media.status === 'Forbidden',
    classId: media.class_id,
    tags: media.tags,
    createdAt: media.created_at.toISOString(),
    mediaUrl: source ? toUrl(source) : '',
    outputs: artifacts
      .filter(({ kind }) => kind === 'Transcode')
      .map((artifact) => toOutput(artifact, toUrl)),
  };
}

function toState(tasks: readonly TaskWithSubtasks[]): Pick<MediaSummary, 'status' | 'progress' | 'failure'> {
  const open = tasks
    .filter(({ task }) => task.status === 'WAITING' || task.status === 'PROCESSING')
    .flatMap(({ subtasks }) => subtasks);
  if (open.length > 0) return { status: 'Processing', progress: averageProgress(open), failure: null };
  const last = tasks.find(({ task }) => task.status === 'FINISH');
  const failed = last?.subtasks.find(({ status }) => status === 'FAIL');
  return failed
    ? { status: 'Failed', progress: null, failure: failed.message }
    : { status: 'Normal', progress: null, failure: null };
}

function averageProgress(subtasks: readonly SubtaskWithOutput[]): number {
  return Math.floor(subtasks.reduce((sum, { progress }) => sum + progress, 0) / subtasks.length);
}

function toOutput(artifact: ArtifactRow, toUrl: UrlMaker): MediaOutput {
  return {
    definition: artifact.definition,
    url: toUrl(artifact),
    width: artifact.meta_data?.Width ?? 0,
    height: artifact.meta_data?.Height ?? 0,
    sizeBytes: artifact.details?.sizeBytes ?? artifact.size_bytes,
  };
}
