import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@vodstack/platform';
import {
  type EncodeParts,
  MediaError,
  type MediaTools,
  planTranscode,
  type RenditionSpec,
  runTranscode,
  runWork,
  type SourceInfo,
  type TranscodePlan,
  type TranscodeResult,
  type TranscodeYield,
  type Work,
} from '../transcode/index.ts';
import { type PlannedWork, SHARED_FOLDER, type TaskJob, type TaskPlan } from './plan-task.ts';
import type { Outcome } from './settle-task.ts';

export interface SubtaskRunOptions {
  readonly scratchFolder: string;
  readonly signal: AbortSignal;
  /** Percent of the sub-tasks at these positions. */
  readonly onProgress: (positions: readonly number[], percent: number) => void;
}

export interface TaskPlanRun extends SubtaskRunOptions {
  readonly tools: MediaTools;
  readonly logger: Logger;
  readonly source: SourceInfo;
  readonly sourcePath: string;
  readonly x264Preset: 'ultrafast' | 'veryfast' | 'medium';
  /** How the parts of a long source are encoded; default: side by side in this process. */
  readonly encodeParts?: EncodeParts | undefined;
}

interface SourceWork extends TaskPlanRun {
  readonly settle: (job: TaskJob, outcome: Outcome) => void;
}

/** Does what a plan says: what became of each sub-task, by its position. @throws the signal's reason when aborted */
export async function runTaskPlan(plan: TaskPlan, run: TaskPlanRun): Promise<Map<number, Outcome>> {
  const outcomes = new Map<number, Outcome>();
  const settle = (job: TaskJob, outcome: Outcome): void => {
    for (const position of job.positions) outcomes.set(position, outcome);
  };
  for (const [job, error] of plan.failures) settle(job, toFailure(run, error, job));
  const work = { ...run, settle, onProgress: keepRising(run.onProgress) };
  const failure = await runShared(work, plan);
  for (const planned of plan.works) settle(planned.job, await runPlanned(work, planned, failure));
  return outcomes;
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
    work.settle(job, toOutcome(work, own, job));
  }
  return failure && { failure, isSplit };
}

/** Why the shared run gave nothing, and whether each result is tried by itself instead. */
type SharedFailure = { readonly failure: MediaError; readonly isSplit: boolean } | null;

/** One rendition by itself, when the run for all of them failed: the fault may be another's. */
async function runSingly(work: SourceWork, job: TaskJob, spec: RenditionSpec): Promise<TranscodeResult> {
  const { tools } = work;
  const plan = planTranscode(work.source, [spec], { x264Preset: work.x264Preset, ...tools });
  const { results } = await runPlan(work, plan, `alone-${job.lead.position}`, (percent) =>
    work.onProgress(job.positions, percent),
  );
  const [result] = results;
  if (!result) throw new Error(`the plan of ${spec.definition} alone has no result`);
  return result;
}

async function runPlan(
  { tools, logger, sourcePath, scratchFolder, signal, encodeParts }: SourceWork,
  plan: TranscodePlan,
  folder: string,
  onProgress: (percent: number) => void,
): Promise<TranscodeYield> {
  const own = join(scratchFolder, folder);
  await mkdir(own);
  const common = { sourcePath, tools, signal, logger, encodeParts };
  return await runTranscode(plan, { ...common, scratchFolder: own, onProgress });
}

/** From what the shared run made, or, where that does not do, by the work's own runs over the source. */
async function runPlanned(work: SourceWork, planned: PlannedWork, shared: SharedFailure): Promise<Outcome> {
  const { job, needs } = planned;
  if (needs === 'packing' && shared && !shared.isSplit) return toFailure(work, shared.failure, job);
  if (needs === null || shared) return await runOwn(work, planned, { folder: `${job.lead.position}` });
  const floor = needs === 'packing' ? SHARED_PERCENT : 0;
  const { runs } = planned;
  const outcome = await runOwn(work, planned, { folder: `${job.lead.position}`, runs, floor });
  if (outcome.ok || outcome.errCodeExt.startsWith('SourceFileError')) return outcome;
  return await runOwn(work, planned, { folder: `alone-${job.lead.position}` });
}

async function runOwn(
  task: SourceWork,
  { job, work }: PlannedWork,
  { folder, runs = work.runs, floor = 0 }: { folder: string; runs?: Work['runs']; floor?: number },
): Promise<Outcome> {
  const { sourcePath, scratchFolder, tools, logger, signal, onProgress } = task;
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
    return toFailure(task, error, job);
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

/** What became of sub-tasks that cannot be made, said in the log too. */
export function toFailure(
  { logger }: Pick<SourceWork, 'logger'>,
  { errCodeExt, message }: Pick<MediaError, 'errCodeExt' | 'message'>,
  { lead: { kind, definition } }: TaskJob,
): Outcome {
  logger.warn({ kind, definition, errCodeExt, reason: message }, 'a sub-task failed');
  return { ok: false, errCodeExt, message };
}

function toOutcome(work: SourceWork, result: TranscodeResult, job: TaskJob): Outcome {
  if (!('path' in result)) return toFailure(work, result, job);
  return {
    ok: true,
    lead: job.lead.position,
    made: { files: [result], details: {}, info: result.info },
  };
}
