import type { Pool } from 'pg';
import { eventually } from '../../../../tests/support/eventually.ts';

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
