import type { ColumnType, Generated, Insertable, Kysely } from 'kysely';
import type { OutputStore, TranscodeOutput } from './output-store.ts';

/** One row per file and definition: what was recorded last, when first, and how often. */
export interface OutputTable {
  file_id: string;
  definition: number;
  task_id: string;
  url: string;
  /** Numbers when the driver parses int8 to number, digits when it doesn't. */
  size_bytes: ColumnType<number | string | null, number | null>;
  md5: string | null;
  width: number | null;
  height: number | null;
  bitrate_bps: ColumnType<number | string | null, number | null>;
  duration_sec: number | null;
  recorded_at: Generated<Date>;
  last_seen_at: Generated<Date>;
  times_seen: Generated<number>;
}

export interface ReceiverTables {
  'receiver.output': OutputTable;
}

/** Records outputs in PostgreSQL with one statement: all of a notification's outputs or none. Needs `receiverMigrations`. */
export class PgOutputStore implements OutputStore {
  readonly #db: Kysely<ReceiverTables>;

  constructor(options: { readonly db: Kysely<ReceiverTables> }) {
    this.#db = options.db;
  }

  async record(outputs: readonly TranscodeOutput[]): Promise<void> {
    const rows = toRows(outputs);
    if (rows.length === 0) return;
    await this.#db
      .insertInto('receiver.output')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['file_id', 'definition']).doUpdateSet((eb) => ({
          task_id: eb.ref('excluded.task_id'),
          url: eb.ref('excluded.url'),
          size_bytes: eb.ref('excluded.size_bytes'),
          md5: eb.ref('excluded.md5'),
          width: eb.ref('excluded.width'),
          height: eb.ref('excluded.height'),
          bitrate_bps: eb.ref('excluded.bitrate_bps'),
          duration_sec: eb.ref('excluded.duration_sec'),
          last_seen_at: eb.fn<Date>('now'),
          times_seen: eb('receiver.output.times_seen', '+', 1),
        })),
      )
      .execute();
  }
}

/**
 * One row per key, in the order of the keys: PostgreSQL refuses an upsert that meets the same row twice (the last one of a pair stands for
 * both), and two upserts that lock the same rows in different orders can deadlock.
 */
function toRows(outputs: readonly TranscodeOutput[]): Insertable<OutputTable>[] {
  const byKey = new Map(outputs.map((output) => [`${output.fileId} ${output.definition}`, toRow(output)]));
  return [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function toRow(output: TranscodeOutput): Insertable<OutputTable> {
  return {
    file_id: output.fileId,
    definition: output.definition,
    task_id: output.taskId,
    url: output.url,
    size_bytes: output.sizeBytes,
    md5: output.md5,
    width: output.width,
    height: output.height,
    bitrate_bps: output.bitrateBps === null ? null : Math.round(output.bitrateBps),
    duration_sec: output.durationSec,
  };
}
