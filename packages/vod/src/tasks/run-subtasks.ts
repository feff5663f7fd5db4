import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { VodContext } from '../context.ts';
import { findMedia, findSource } from '../media/media-repository.ts';
import type { SubtaskRow, TaskRow } from '../tables.ts';
import { findTemplate } from '../templates/template-repository.ts';
import {
  MediaError,
  planTranscode,
  probeMedia,
  type RenditionSpec,
  runTranscode,
  runWork,
  type SourceInfo,
  type TranscodePlan,
  type TranscodeResult,
  type TranscodeYield,
  type Work,
} from '../transcode/index.ts';
import { findWatermarks } from './find-watermarks.ts';
import { TEMPLATE_KINDS } from './plan-subtask.ts';
import { type PlannedWork, planTask, SHARED_FOLDER, type TaskJob, type TaskPlan } from './plan-task.ts';
import type { Outcome, Run } from './settle-task.ts';
import { savePlan } from './task-plan-view.ts';

const PROBE_TIMEOUT_MS = 60_000;
const X264_PRESET = 'medium';

export interface SubtaskRunOptions {
  readonly scratchFolder: string;
  readonly signal: AbortSignal;
  /** Percent of the sub-tasks at these positions. */
  readonly onProgress: (positions: readonly number[], percent: number) => void;
}

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
  const { tools } = context;
  try {
    const sourcePath = await findSourcePath(context, run.task);
    const timeoutMs = PROBE_TIMEOUT_MS;
    const source = await probeMedia(sourcePath, { tools, signal: options.signal, timeoutMs });
    const plan = planTask(source, jobs, { source, tools, x264Preset: X264_PRESET, fileId: run.task.file_id });
    await savePlan(context, run.task, plan);
    for (const [job, error] of plan.failures) settle(job, toFailure(context, error, job));
    const onProgress = keepRising(options.onProgress);
    const work = { context, source, sourcePath, settle, ...options, onProgress };
    const failure = await runShared(work, plan);
    for (const planned of plan.works) settle(planned.job, await runPlanned(work, planned, failure));
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
      jobs.push({ ...bare, parameters, watermarks: await findWatermarks(context, sub_app_id, lead) });
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

interface SourceWork extends SubtaskRunOptions {
  readonly context: VodContext;
  readonly source: SourceInfo;
  readonly sourcePath: string;
  readonly settle: (job: TaskJob, outcome: Outcome) => void;
}

/** Of a sub-task whose streams the shared run encodes; the rest is packing. */
const SHARED_PERCENT = 95;

/** Encodes what is shared, and settles the renditions. @returns why there is nothing to pack; null when there is */
async function runShared(work: SourceWork, { shared, renditions, works }: TaskPlan): Promise<SharedFailure> {
  const packed = works.filter(({ needs }) => needs === 'packing').flatMap(({ job }) => job.positions);
  const plain = renditions.flatMap(({ job }) => job.positions);
  const { results, failure, canSplit } = await runPlan(work, shared, SHARED_FOLDER, (percent) => {
    if (plain.length > 0) work.onProgress(plain, percent);
    if (packed.length > 0) work.onProgress(packed, (percent * SHARED_PERCENT) / 100);
  });
  const isSplit = canSplit && shared.pictures.length > 1;
  for (const { job, spec } of renditions) {
    const result = results.find(({ definition }) => definition === spec.definition);
    if (!result) continue;
    const own = isSplit && !('path' in result) ? await runSingly(work, job, spec) : result;
    work.settle(job, toOutcome(work.context, own, job));
  }
  return failure && { failure, isSplit };
}

/** Why the shared run gave nothing, and whether each result is tried by itself instead. */
type SharedFailure = { readonly failure: MediaError; readonly isSplit: boolean } | null;

/** One rendition by itself, when the run for all of them failed: the fault may be another's. */
async function runSingly(work: SourceWork, job: TaskJob, spec: RenditionSpec): Promise<TranscodeResult> {
  const { tools } = work.context;
  const plan = planTranscode(work.source, [spec], { x264Preset: X264_PRESET, ...tools });
  const { results } = await runPlan(work, plan, `alone-${job.lead.position}`, (percent) =>
    work.onProgress(job.positions, percent),
  );
  const [result] = results;
  if (!result) throw new Error(`the plan of ${spec.definition} alone has no result`);
  return result;
}

async function runPlan(
  { context, sourcePath, scratchFolder, signal }: SourceWork,
  plan: TranscodePlan,
  folder: string,
  onProgress: (percent: number) => void,
): Promise<TranscodeYield> {
  const { tools, logger } = context;
  const own = join(scratchFolder, folder);
  await mkdir(own);
  return await runTranscode(plan, { sourcePath, tools, scratchFolder: own, signal, logger, onProgress });
}

/** From what the shared run made, or, where that does not do, by the work's own runs over the source. */
async function runPlanned(work: SourceWork, planned: PlannedWork, shared: SharedFailure): Promise<Outcome> {
  const { context } = work;
  const { job, needs } = planned;
  if (needs === 'packing' && shared && !shared.isSplit) return toFailure(context, shared.failure, job);
  if (needs === null || shared) return await runOwn(work, planned, { folder: `${job.lead.position}` });
  const floor = needs === 'packing' ? SHARED_PERCENT : 0;
  const { runs } = planned;
  const outcome = await runOwn(work, planned, { folder: `${job.lead.position}`, runs, floor });
  if (outcome.ok || outcome.errCodeExt.startsWith('SourceFileError')) return outcome;
  return await runOwn(work, planned, { folder: `alone-${job.lead.position}` });
}

async function runOwn(
  { context, sourcePath, scratchFolder, signal, onProgress }: SourceWork,
  { job, work }: PlannedWork,
  { folder, runs = work.runs, floor = 0 }: { folder: string; runs?: Work['runs']; floor?: number },
): Promise<Outcome> {
  const { tools, logger } = context;
  try {
    const made = await runWork(
      { ...work, runs },
      {
        sourcePath,
        tools,
        logger,
        signal,
        scratchFolder: join(scratchFolder, folder),
        onProgress: (percent) => onProgress(job.positions, floor + (percent * (100 - floor)) / 100),
      },
    );
    return { ok: true, made, lead: job.lead.position };
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    return toFailure(context, error, job);
  }
}

/** A sub-task's percent never falls, whatever is tried again. */
function keepRising(onProgress: SubtaskRunOptions['onProgress']): SubtaskRunOptions['onProgress'] {
  const last = new Map<number, number>();
  return (positions, percent) => {
    const risen = positions.filter((position) => percent > (last.get(position) ?? -1));
    for (const position of risen) last.set(position, percent);
    if (risen.length > 0) onProgress(risen, percent);
  };
}

function toFailure(
  { logger }: VodContext,
  { errCodeExt, message }: Pick<MediaError, 'errCodeExt' | 'message'>,
  { lead: { kind, definition } }: TaskJob,
): Outcome {
  logger.warn({ kind, definition, errCodeExt, reason: message }, 'a sub-task failed');
  return { ok: false, errCodeExt, message };
}

function toOutcome(context: VodContext, result: TranscodeResult, job: TaskJob): Outcome {
  if (!('path' in result)) return toFailure(context, result, job);
  return {
    ok: true,
    lead: job.lead.position,
    made: { files: [result], details: {}, info: result.info },
  };
}

async function findSourcePath(context: VodContext, task: TaskRow): Promise<string> {
  const found = (await findMedia(context.db, task.sub_app_id, [task.file_id])).get(task.file_id);
  const source = found && findSource(found);
  if (!source)
    throw new MediaError('SourceFileError.DownloadNotAccessible', 'the source file has been deleted');
  return context.blobs.localPath(source.blob_key);
}
