import type { VodContext } from '../context.ts';
import { findMedia, findSource } from '../media/media-repository.ts';
import type { SubtaskRow, TaskRow } from '../tables.ts';
import { findTemplate } from '../templates/template-repository.ts';
import {
  type ChunkOptions,
  isLongEnough,
  MediaError,
  probeKeyframes,
  probeMedia,
  type SourceInfo,
} from '../transcode/index.ts';
import { encodePartsAnywhere } from './chunks/encode-parts-anywhere.ts';
import { findAttachments } from './find-attachments.ts';
import { findWatermarks } from './find-watermarks.ts';
import { TEMPLATE_KINDS } from './plan-subtask.ts';
import { planTask, type TaskJob } from './plan-task.ts';
import { runTaskPlan, type SubtaskRunOptions, toFailure } from './run-task-plan.ts';
import type { Outcome, Run } from './settle-task.ts';
import { savePlan } from './task-plan-view.ts';

const PROBE_TIMEOUT_MS = 60_000;

/** What became of each sub-task, by its position. One that fails leaves the others alone. */
export async function runSubtasks(
  context: VodContext,
  run: Run,
  options: SubtaskRunOptions,
): Promise<Map<number, Outcome>> {
  const outcomes = new Map<number, Outcome>();
  const settle = (job: TaskJob, outcome: Outcome): void => {
    for (const position of job.positions) outcomes.set(position, outcome);
  };
  const jobs = await findJobs(context, run, settle);
  if (jobs.length === 0) return outcomes;
  const { tools, x264Preset } = context;
  try {
    const sourceKey = await findSourceKey(context, run.task);
    const sourcePath = context.blobs.localPath(sourceKey);
    const timeoutMs = PROBE_TIMEOUT_MS;
    const source = await probeMedia(sourcePath, { tools, signal: options.signal, timeoutMs });
    const chunks = await chooseChunks(context, { sourcePath, source, signal: options.signal });
    const plan = planTask(source, jobs, { source, tools, x264Preset, fileId: run.task.file_id, chunks });
    await savePlan(context, run.task, plan);
    const encodeParts = encodePartsAnywhere(context, { task: run.task, sourceKey });
    const work = { ...options, tools, logger: context.logger, source, sourcePath, x264Preset, encodeParts };
    for (const [position, outcome] of await runTaskPlan(plan, work)) outcomes.set(position, outcome);
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    for (const job of jobs) {
      if (!outcomes.has(job.lead.position)) settle(job, toFailure(context, error, job));
    }
  }
  return outcomes;
}

/** The different wishes among the sub-tasks, with their templates. */
async function findJobs(
  context: VodContext,
  run: Run,
  settle: (job: TaskJob, outcome: Outcome) => void,
): Promise<TaskJob[]> {
  const alike = Map.groupBy(run.subtasks, ({ kind, definition, input }) =>
    JSON.stringify([kind, definition, input]),
  );
  const jobs: TaskJob[] = [];
  for (const [lead, ...others] of alike.values()) {
    if (!lead) continue;
    const positions = [lead, ...others].map(({ position }) => position);
    const bare = { lead, positions, parameters: {}, watermarks: [] };
    try {
      const { sub_app_id } = run.task;
      const parameters = await findParameters(context, sub_app_id, lead);
      const watermarks = await findWatermarks(context, sub_app_id, lead);
      const attachments = await findAttachments(context, run.task, lead);
      jobs.push({ ...bare, parameters, watermarks, attachments });
    } catch (error) {
      if (!(error instanceof MediaError)) throw error;
      settle(bare, toFailure(context, error, bare));
    }
  }
  return jobs;
}

async function findParameters(context: VodContext, subAppId: number, lead: SubtaskRow): Promise<object> {
  const kind = TEMPLATE_KINDS[lead.kind];
  const template = await findTemplate(context.db, subAppId, kind, lead.definition);
  if (template) return template.parameters;
  const message = `there is no ${kind} template ${lead.definition}`;
  throw new MediaError('InvalidInput.DefinitionNotExist', message);
}

/** Hardware is quick without, and has a number of sessions that are shared by all. */
async function chooseChunks(
  { tools, partSec }: VodContext,
  {
    sourcePath,
    source,
    signal,
  }: { readonly sourcePath: string; readonly source: SourceInfo; readonly signal: AbortSignal },
): Promise<ChunkOptions | undefined> {
  if (tools.hardware || !isLongEnough(source, partSec)) return undefined;
  return { partSec, keyframesSec: await probeKeyframes(sourcePath, source, { tools, signal }) };
}

async function findSourceKey(context: VodContext, task: TaskRow): Promise<string> {
  const found = (await findMedia(context.db, task.sub_app_id, [task.file_id])).get(task.file_id);
  const source = found && findSource(found);
  if (!source)
    throw new MediaError('SourceFileError.DownloadNotAccessible', 'the source file has been deleted');
  return source.blob_key;
}
