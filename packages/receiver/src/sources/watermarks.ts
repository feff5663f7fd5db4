import type { Pool } from 'pg';

/** How far a reconciler has looked, and what the inbox knows. */
export interface Watermarks {
  /** Remembers the moment of the very first start. */
  begin(at: Date): Promise<void>;
  read(name: string): Promise<{ readonly at: Date; readonly begunAt: Date }>;
  advance(name: string, to: Date): Promise<void>;
  /** Those files that no event about their coming has told of. */
  filterUnknownFiles(fileIds: readonly string[]): Promise<readonly string[]>;
  /** The TaskIds of those tasks of whose end no event has told. */
  filterUnknownTasks(
    tasks: readonly { readonly eventType: string; readonly taskId: string }[],
  ): Promise<readonly string[]>;
}

const BEGIN = 'begin';

/** In PostgreSQL (`receiver.watermark`, `receiver.inbox`). Needs `migrateReceiver`. */
export function createPgWatermarks(pool: Pool): Watermarks {
  return {
    async begin(at) {
      await pool.query('insert into receiver.watermark (name, at) values ($1, $2) on conflict do nothing', [
        BEGIN,
        at,
      ]);
    },
    async read(name) {
      const { rows } = await pool.query<{ name: string; at: Date }>(
        'select name, at from receiver.watermark where name in ($1, $2)',
        [name, BEGIN],
      );
      const begunAt = rows.find((row) => row.name === BEGIN)?.at ?? new Date();
      return { begunAt, at: rows.find((row) => row.name === name)?.at ?? begunAt };
    },
    async advance(name, to) {
      await pool.query(
        `insert into receiver.watermark as known (name, at) values ($1, $2)
         on conflict (name) do update set at = greatest(known.at, excluded.at)`,
        [name, to],
      );
    },
    async filterUnknownFiles(fileIds) {
      const { rows } = await pool.query<{ file_id: string }>(
        `select file_id from unnest($1::text[]) as file (file_id) where not exists (
           select from receiver.inbox where order_key = file.file_id and event_type in ('NewFileUpload', 'PullComplete'))`,
        [fileIds],
      );
      return rows.map(({ file_id: fileId }) => fileId);
    },
    async filterUnknownTasks(tasks) {
      // A key begins with type and TaskId, and ";" follows ":". Of a procedure the snapshots of its run don't count, only its end.
      const { rows } = await pool.query<{ task_id: string }>(
        `select task_id from unnest($1::text[], $2::text[]) as task (event_type, task_id) where not exists (
           select from receiver.inbox
           where dedupe_key >= task.event_type || ':' || task.task_id || ':' and dedupe_key < task.event_type || ':' || task.task_id || ';'
             and (task.event_type <> 'ProcedureStateChanged' or convert_from(body, 'UTF8') ~ '"Status"\\s*:\\s*"FINISH"'))`,
        [tasks.map(({ eventType }) => eventType), tasks.map(({ taskId }) => taskId)],
      );
      return rows.map(({ task_id: taskId }) => taskId);
    },
  };
}
