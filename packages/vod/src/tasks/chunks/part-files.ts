import type { TaskPartRow, VodDb } from '../../tables.ts';

type PartFiles = Pick<TaskPartRow, 'task_id' | 'plan_key' | 'part'>;

/**
 * The same for whoever encodes a part: what a worker that was presumed dead still puts there is as good as its successor's, and
 * what any of them left is found without having been recorded.
 */
export function partKey({ task_id, plan_key, part }: PartFiles, picture: number): string {
  return `parts/${task_id}/${plan_key}-${part}-${picture}.mp4`;
}

export function partKeys(row: PartFiles & Pick<TaskPartRow, 'pictures'>): string[] {
  return Array.from({ length: row.pictures }, (_, picture) => partKey(row, picture));
}

/**
 * Ends the work on a task's parts, in the caller's transaction. The rows stay and tell who did what.
 * @returns the keys of files that nothing needs any more
 */
export async function closeParts(tx: VodDb, taskId: string): Promise<string[]> {
  const rows = await tx
    .updateTable('vod.task_part')
    .set({ run: null })
    .where('task_id', '=', taskId)
    .where('run', 'is not', null)
    .returning(['task_id', 'plan_key', 'part', 'pictures'])
    .execute();
  return rows.flatMap(partKeys);
}
