import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';

/** Asks until there is an answer other than undefined and false. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  deadlineMs = 20_000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await delay(10);
  }
}

export interface InboxRow {
  readonly event_id: string;
  readonly source: string;
  readonly event_type: string;
  readonly file_id: string | null;
  readonly state: string;
  readonly attempts: number;
  readonly times_seen: number;
  readonly error: string | null;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export async function readInbox(pool: Pool): Promise<readonly InboxRow[]> {
  const { rows } = await pool.query<InboxRow>('select * from receiver.inbox order by event_id');
  return rows;
}

/** All rows, once there are `count` and none of them is pending. */
export function settled(pool: Pool, count: number): Promise<readonly InboxRow[]> {
  return eventually(`${count} settled events`, async () => {
    const rows = await readInbox(pool);
    return rows.length >= count && rows.every(({ state }) => state !== 'pending') && rows;
  });
}
