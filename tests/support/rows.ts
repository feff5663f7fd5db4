import type { Stack } from './stack.ts';

// What no API shows or sets: read from, or written to, the stack's own tables.

export interface EventRow {
  readonly event_id: number;
  readonly type: string;
  readonly mode: string;
  readonly state: string;
  readonly attempts: number;
  readonly payload: string;
}

export interface DeliveryRow {
  readonly attempt: number;
  readonly url: string;
  readonly request_body: string;
  readonly response_status: number | null;
  readonly response_body: string | null;
  readonly error: string | null;
}

async function query<Row>(stack: Stack, sql: string, values: readonly unknown[]): Promise<Row[]> {
  const { pool } = await stack.openDatabase();
  const { rows } = await pool.query<Record<string, unknown>>(sql, [...values]);
  return rows as Row[];
}

/** A media's events in their order. */
export async function findEvents(stack: Stack, fileId: string): Promise<EventRow[]> {
  return await query(stack, 'select * from vod.event where file_id = $1 order by event_id', [fileId]);
}

/** Every send of a media's events in its order. */
export async function findDeliveries(stack: Stack, fileId: string): Promise<DeliveryRow[]> {
  const sql =
    'select d.* from vod.delivery d join vod.event e using (event_id) where e.file_id = $1 order by delivery_id';
  return await query(stack, sql, [fileId]);
}

/** The tasks of a media, by their SessionId. */
export async function countTasks(stack: Stack, sessionId: string): Promise<number> {
  const rows = await query<{ count: number }>(stack, 'select count(*) from vod.task where session_id = $1', [
    sessionId,
  ]);
  return rows[0]?.count ?? 0;
}

/** As if a task had been created so many hours ago. */
export async function setTaskAge(stack: Stack, taskId: string, hours: number): Promise<void> {
  const sql = 'update vod.task set created_at = now() - make_interval(hours => $2) where task_id = $1';
  await query(stack, sql, [taskId, hours]);
}

/** As if the day for this upload were over. */
export async function setUploadExpired(stack: Stack, sessionKey: string): Promise<void> {
  const sql = `update vod.upload set expires_at = now() - interval '1 minute' where session_key = $1`;
  await query(stack, sql, [sessionKey]);
}

/** As if the 30 s in which pulled events can be confirmed were over. */
export async function endLeases(stack: Stack): Promise<void> {
  const sql = `update vod.event set leased_until = now() - interval '1 second' where mode = 'PULL' and state = 'pending'`;
  await query(stack, sql, []);
}

/** Takes every open event out of the way. */
export async function settleEvents(stack: Stack): Promise<void> {
  await query(stack, `update vod.event set state = 'confirmed' where state = 'pending'`, []);
}

/** How many parts of unfinished multipart uploads are kept. */
export async function countParts(stack: Stack): Promise<number> {
  const rows = await query<{ count: number }>(stack, 'select count(*) from vod.multipart_part', []);
  return rows[0]?.count ?? 0;
}

/** A second application of the account. */
export async function addApplication(stack: Stack, subAppId: number): Promise<void> {
  await query(stack, `insert into vod.sub_app (sub_app_id, name) values ($1, 'second')`, [subAppId]);
}

/** As if a temporary key's time were over. */
export async function endTemporaryKey(stack: Stack, secretId: string): Promise<void> {
  const sql = `update vod.temporary_key set expires_at = now() - interval '1 second' where secret_id = $1`;
  await query(stack, sql, [secretId]);
}

/** As if ManageTask had aborted a task a moment before anyone began. */
export async function setTaskAborted(stack: Stack, taskId: string): Promise<void> {
  await query(stack, `update vod.task set status = 'ABORTED' where task_id = $1`, [taskId]);
}

/** Whether the queue is done with a task's job. */
export async function isJobDone(stack: Stack, taskId: string): Promise<boolean> {
  const sql = `select 1 from pgboss.job where data->>'taskId' = $1 and state = 'completed'`;
  return (await query(stack, sql, [taskId])).length > 0;
}

/** As if it were time for the next send of all that waits for an endpoint. */
export async function makeDispatchesDue(stack: Stack): Promise<void> {
  await query(stack, `update vod.dispatch set next_attempt_at = now() where state = 'pending'`, []);
}

/** As if an event had been sent to its endpoints so many times. */
export async function setDispatchAttempts(stack: Stack, eventId: number, attempts: number): Promise<void> {
  const sql = `update vod.dispatch set attempts = $2 where event_id = $1 and state = 'pending'`;
  await query(stack, sql, [eventId, attempts]);
}

/** As if the time in which nothing is sent to failing endpoints were over. */
export async function endCircuitPauses(stack: Stack): Promise<void> {
  await query(stack, 'update vod.endpoint set open_until = now() where open_until is not null', []);
}

/** As if who had claimed all that is due for endpoints had died, and its lease had run out. */
export async function leaveDispatchesTaken(stack: Stack): Promise<void> {
  const sql = `update vod.dispatch set next_attempt_at = now(), leased_until = now() - interval '1 second' where state = 'pending'`;
  await query(stack, sql, []);
}
