import type { ReceiverDatabase } from './open-database.ts';

/** A row of the view `receiver.outputs`. */
export interface OutputRow {
  readonly file_id: string;
  readonly definition: number;
  readonly url: string;
  readonly task_id: string;
  readonly recorded_at: Date;
}

export interface OutputFilter {
  readonly fileId?: string | undefined;
  readonly limit: number;
}

/** The newest first. */
export async function readOutputs(
  pool: ReceiverDatabase['pool'],
  { fileId, limit }: OutputFilter,
): Promise<readonly OutputRow[]> {
  const { rows } = await pool.query<OutputRow>(
    `select * from receiver.outputs where $1::text is null or file_id = $1 order by last_seen_at desc, file_id, definition limit $2`,
    [fileId ?? null, limit],
  );
  return rows;
}
