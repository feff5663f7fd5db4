import { sql } from 'kysely';
import type { VodContext } from '../context.ts';

/** One hour of an application's work. */
export interface HourView {
  /** Its beginning. */
  readonly at: string;
  readonly deliveries: number;
  readonly answered: number;
  /** Of the answers, in milliseconds; null without any. */
  readonly medianMs: number | null;
  readonly p95Ms: number | null;
  readonly succeeded: number;
  readonly failed: number;
  /** Seconds of video made per second of work; null when nothing was transcoded. */
  readonly speed: number | null;
}

export interface StorageShare {
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
}

export interface Overview {
  readonly hours: readonly HourView[];
  /** Events that wait: to be sent, to be pulled, and to be confirmed after a pull. */
  readonly queue: { readonly push: number; readonly pull: number; readonly pulled: number };
  readonly byKind: readonly StorageShare[];
  readonly byClass: readonly (StorageShare & { readonly classId: number })[];
}

/** What an application did in the last hours, what waits, and what it stores. */
export async function describeOverview(
  context: VodContext,
  subAppId: number,
  hours: number,
): Promise<Overview> {
  const [hourViews, queue, byKind, byClass] = await Promise.all([
    findHours(context, subAppId, hours),
    countQueue(context, subAppId),
    sumByKind(context, subAppId),
    sumByClass(context, subAppId),
  ]);
  return { hours: hourViews, queue, byKind, byClass };
}

async function findHours({ db }: VodContext, subAppId: number, hours: number): Promise<HourView[]> {
  const { rows } = await sql<Omit<HourView, 'at'> & { at: Date }>`
    with hour as (
      select generate_series(
        date_trunc('hour', now()) - make_interval(hours => ${hours - 1}), date_trunc('hour', now()), '1 hour'
      ) as at
    ), sent as (
      select date_trunc('hour', delivery.started_at) as at, count(*) as deliveries,
        count(delivery.response_status) as answered,
        percentile_cont(0.5) within group (order by duration_ms) filter (where response_status is not null) as median_ms,
        percentile_cont(0.95) within group (order by duration_ms) filter (where response_status is not null) as p95_ms
      from vod.delivery delivery join vod.event event using (event_id)
      where event.sub_app_id = ${subAppId} and delivery.started_at >= (select min(at) from hour)
      group by 1
    ), part as (
      select date_trunc('hour', part.finish_at) as at,
        count(*) filter (where part.status = 'SUCCESS') as succeeded,
        count(*) filter (where part.status = 'FAIL') as failed,
        sum((media.meta_data ->> 'Duration')::float8) filter (where part.kind = 'Transcode' and part.status = 'SUCCESS')
          / nullif(sum(extract(epoch from part.finish_at - part.begin_at))
            filter (where part.kind = 'Transcode' and part.status = 'SUCCESS'), 0) as speed
      from vod.subtask part join vod.task task using (task_id) left join vod.media media on media.file_id = task.file_id
      where task.sub_app_id = ${subAppId} and part.finish_at >= (select min(at) from hour)
      group by 1
    )
    select hour.at, coalesce(deliveries, 0)::int as deliveries, coalesce(answered, 0)::int as answered,
      median_ms::float8 as "medianMs", p95_ms::float8 as "p95Ms",
      coalesce(succeeded, 0)::int as succeeded, coalesce(failed, 0)::int as failed, speed::float8 as speed
    from hour left join sent using (at) left join part using (at) order by at`.execute(db);
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

async function countQueue({ db }: VodContext, subAppId: number): Promise<Overview['queue']> {
  const { push, pull, pulled } = await db
    .selectFrom('vod.event')
    .select([
      sql<string>`count(*) filter (where mode = 'PUSH')`.as('push'),
      sql<string>`count(*) filter (where mode = 'PULL' and (leased_until is null or leased_until < now()))`.as(
        'pull',
      ),
      sql<string>`count(*) filter (where mode = 'PULL' and leased_until >= now())`.as('pulled'),
    ])
    .where('sub_app_id', '=', subAppId)
    .where('state', '=', 'pending')
    .executeTakeFirstOrThrow();
  return { push: Number(push), pull: Number(pull), pulled: Number(pulled) };
}

async function sumByKind({ db }: VodContext, subAppId: number): Promise<StorageShare[]> {
  const rows = await db
    .selectFrom('vod.artifact as file')
    .innerJoin('vod.media as media', 'media.file_id', 'file.file_id')
    .select([
      'file.kind as name',
      sql<string>`count(*)`.as('files'),
      sql<string>`sum(file.size_bytes)`.as('bytes'),
    ])
    .where('media.sub_app_id', '=', subAppId)
    .groupBy('file.kind')
    .orderBy('bytes', 'desc')
    .execute();
  return rows.map(({ name, files, bytes }) => ({ name, files: Number(files), bytes: Number(bytes) }));
}

async function sumByClass({ db }: VodContext, subAppId: number): Promise<Overview['byClass']> {
  const rows = await db
    .selectFrom('vod.artifact as file')
    .innerJoin('vod.media as media', 'media.file_id', 'file.file_id')
    .leftJoin('vod.class as class', 'class.class_id', 'media.class_id')
    .select([
      'media.class_id as classId',
      sql<string>`coalesce(max(class.name), '')`.as('name'),
      sql<string>`count(distinct media.file_id)`.as('files'),
      sql<string>`sum(file.size_bytes)`.as('bytes'),
    ])
    .where('media.sub_app_id', '=', subAppId)
    .groupBy('media.class_id')
    .orderBy('bytes', 'desc')
    .limit(50)
    .execute();
  return rows.map((row) => ({ ...row, files: Number(row.files), bytes: Number(row.bytes) }));
}
