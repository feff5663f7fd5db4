import { sql } from 'kysely';
import type { VodContext } from '../context.ts';
import type { TaskRow, VodDb } from '../tables.ts';
import type { EncodeRun } from '../transcode/index.ts';
import { SHARED_FOLDER, type TaskPlan } from './plan-task.ts';
import type { PlannedRunView } from './planned-run-view.ts';

export function describePlan({ shared, renditions, works }: TaskPlan): PlannedRunView[] {
  const packed = works.filter(({ needs }) => needs === 'packing');
  const served = [...renditions, ...packed].flatMap(({ job }) => job.positions);
  return [
    ...describeShared(shared, served),
    ...works.flatMap(({ job, runs, needs }) =>
      runs.map((run, index) => {
        const stem = `${job.lead.kind}-${job.lead.definition}-${job.lead.position}`;
        const before = index > 0 ? [`${stem}-${index - 1}`] : needs === null ? [] : [SHARED_FOLDER];
        return toRunView(runs.length > 1 ? `${stem}-${index}` : stem, job.positions, run, before);
      }),
    ),
  ];
}

/** One run, or parts side by side and what joins them. */
function describeShared(
  { chunks, ffmpegArgs }: TaskPlan['shared'],
  served: readonly number[],
): PlannedRunView[] {
  if (ffmpegArgs.length === 0) return [];
  if (!chunks) return [toRunView(SHARED_FOLDER, served, { ffmpegArgs }, [])];
  const pieces = [
    ...chunks.parts.map((run, index) => toRunView(`part-${index}`, served, run, [])),
    ...(chunks.sound ? [toRunView('sound', served, chunks.sound, [])] : []),
  ];
  const names = pieces.map(({ name }) => name);
  return [...pieces, toRunView(SHARED_FOLDER, served, chunks.join ?? { files: [], ffmpegArgs: [] }, names)];
}

function toRunView(
  name: string,
  subtasks: readonly number[],
  run: Pick<EncodeRun, 'files' | 'inputArgs' | 'ffmpegArgs'>,
  after: readonly string[],
): PlannedRunView {
  const inputs = run.files ?? [{ file: 'source', inputArgs: run.inputArgs ?? [] }];
  return {
    name,
    subtasks,
    after,
    inputs: inputs.map(({ file }) => file),
    arguments: [
      ...inputs.flatMap(({ file, inputArgs = [] }) => [...inputArgs, '-i', file]),
      ...run.ffmpegArgs,
    ],
  };
}

/** Keeps the plan of an attempt beside its task, for those who want to know how it was done. */
export async function savePlan({ db }: VodContext, task: TaskRow, plan: TaskPlan): Promise<void> {
  const runs = JSON.stringify(describePlan(plan));
  await db
    .insertInto('vod.task_plan')
    .values({ task_id: task.task_id, attempt: task.attempt, runs })
    .onConflict((conflict) =>
      conflict
        .column('task_id')
        .doUpdateSet({ attempt: task.attempt, runs })
        // A worker that was presumed dead does not write over its successor's.
        .where(sql<boolean>`task_plan.attempt <= ${task.attempt}`),
    )
    .execute();
}

/** The plans of these tasks, as far as their work has begun. */
export async function findPlans(
  db: VodDb,
  taskIds: readonly string[],
): Promise<ReadonlyMap<string, readonly PlannedRunView[]>> {
  if (taskIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('vod.task_plan')
    .select(['task_id', 'runs'])
    .where('task_id', '=', sql<string>`any(${taskIds})`)
    .execute();
  return new Map(rows.map(({ task_id, runs }) => [task_id, runs]));
}
