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
  {
    version: 2,
    name: 'inbox',
    sql: `
      create table receiver.inbox (
        event_id bigint generated always as identity primary key,
        dedupe_key text collate "C" not null unique,
        source text not null check (source in ('push', 'pull', 'reconciled')),
        event_type text not null,
        file_id text,
        task_id text,
        order_key text not null,
        body bytea not null,
        headers json not null,
        state text not null default 'pending' check (state in ('pending', 'done', 'dead')),
        attempts integer not null default 0,
        due_at timestamptz not null default now(),
        retry_from timestamptz not null default now(),
        error text,
        received_at timestamptz not null default now(),
        last_seen_at timestamptz not null default now(),
        times_seen integer not null default 1,
        finished_at timestamptz
      );
      create index inbox_due on receiver.inbox (due_at) where state = 'pending';
      create index inbox_order on receiver.inbox (order_key, event_id);

      create table receiver.effect (
        key text primary key,
        state text not null default 'intended' check (state in ('intended', 'done')),
        attempts integer not null default 1,
        result json,
        intended_at timestamptz not null default now(),
        holder text not null,
        lease_until timestamptz not null,
        done_at timestamptz
      );

      create table receiver.watermark (
        name text primary key,
        at timestamptz not null
      );

      create view receiver.outputs as
        select file_id, definition, url, task_id, width, height, duration_sec, size_bytes, bitrate_bps, md5, recorded_at, last_seen_at
        from receiver.output`,
  },
];
