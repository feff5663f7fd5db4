import { type ArtifactRow, type SubtaskRow, type TaskRow, type VodDb } from '../tables.ts';

export interface SubtaskWithOutput extends SubtaskRow {
  readonly artifact: ArtifactRow | null;
}

export interface TaskWithSubtasks {
  readonly task: TaskRow;
  readonly subtasks: readonly SubtaskWithOutput[];
}

export async function findTask(db: VodDb, taskId: string): Promise<TaskWithSubtasks | undefined> {
  const task = await db.selectFrom('vod.task').selectAll().where('task_id', '=', taskId).executeTakeFirst();
  return task ? { task, subtasks: (await findSubtasks(db, [taskId])).get(taskId) ?? [] } : undefined;
}

/** The sub-tasks of each task in their order, with the files they made. */
export async function findSubtasks(
  db: VodDb,
  taskIds: readonly string[],
): Promise<Map<string, SubtaskWithOutput[]>> {
  if (taskIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('vod.subtask')
    .selectAll()
    .where('task_id', 'in', taskIds)
    .orderBy('position')
    .execute();
  const artifactIds = rows.flatMap(({ artifact_id }) => (artifact_id === null ? [] : [artifact_id]));
  const artifacts = artifactIds.length
    ? await db.selectFrom('vod.artifact').selectAll().where('artifact_id', 'in', artifactIds).execute()
    : [];
  const byId = new Map(artifacts.map((artifact) => [artifact.artifact_id, artifact]));
  const withOutput = rows.map((row) => ({
    ...row,
    artifact: row.artifact_id === null ? null : (byId.get(row.artifact_id) ?? null),
  }));
  return Map.groupBy(withOutput, (row) => row.task_id);
}
