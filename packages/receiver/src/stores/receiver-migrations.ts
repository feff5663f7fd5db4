/** One step of a schema's history; run in order of version, once each. */
export interface ReceiverMigration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** The history of the schema `receiver`. The runner creates the schema itself. */
export const receiverMigrations: readonly ReceiverMigration[] = [
  {
    version: 1,
    name: 'output',
    sql: `
      create table receiver.output (
        file_id text not null,
        definition integer not null,
        task_id text not null,
        url text not null,
        size_bytes bigint,
        md5 text,
        width integer,
        height integer,
        bitrate_bps bigint,
        duration_sec double precision,
        recorded_at timestamptz not null default now(),
        last_seen_at timestamptz not null default now(),
        times_seen integer not null default 1,
        primary key (file_id, definition)
      )`,
  },
];
