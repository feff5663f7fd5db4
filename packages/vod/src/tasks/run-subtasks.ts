import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Template } from '@vodstack/protocol';
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
  type TranscodeResult,
} from '../transcode/index.ts';
import { findWatermarks } from './find-watermarks.ts';
import { planSubtask, TEMPLATE_KINDS, toRenditionSpec } from './plan-subtask.ts';
import type { Outcome, Run } from './settle-task.ts';

const PROBE_TIMEOUT_MS = 60_000;

export interface SubtaskRunOptions {
  readonly scratchFolder: string;
  readonly signal: AbortSignal;
  /** Percent of the sub-tasks at these positions. */
  readonly onProgress: (positions: readonly number[], percent: number) => void;
}

/** Sub-tasks that ask for exactly the same, and the template that says what. */
interface Job {
  readonly lead: SubtaskRow;
  readonly positions: readonly number[];
  readonly template: Template<'Transcode'> | { readonly parameters: object };
  /** Set when it shares one run with others. */
  readonly spec: RenditionSpec | undefined;
}

/** What became of each sub-task, by its position. One that fails leaves the others alone. */
export async function runSubtasks(
  context: VodContext,
  run: Run,
  options: SubtaskRunOptions,
): Promise<Map<number, Outcome>> {
  const outcomes = new Map<number, Outcome>();
  const jobs = await findJobs(context, run, outcomes);
  if (jobs.length === 0) return outcomes;
  const settle = (job: Job, outcome: Outcome): void => {
    for (const position of job.positions) outcomes.set(position, outcome);
  };
  try {
    const sourcePath = await findSourcePath(context, run.task);
    const { tools } = context;
    const source = await probeMedia(sourcePath, {
      tools,
      signal: options.signal,
      timeoutMs: PROBE_TIMEOUT_MS,
    });
    const work = { context, run, source, sourcePath, options };
    await runShared(
      work,
      jobs.filter(({ spec }) => spec),
      settle,
    );
    for (const job of jobs.filter(({ spec }) => !spec)) settle(job, await runAlone(work, job));
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    for (const job of jobs) if (!outcomes.has(job.lead.position)) settle(job, toFailure(error));
  }
  return outcomes;
}

async function findJobs(context: VodContext, run: Run, outcomes: Map<number, Outcome>): Promise<Job[]> {
  const alike = Map.groupBy(run.subtasks, ({ kind, definition, input }) =>
    JSON.stringify([kind, definition, input]),
  );
  const jobs: Job[] = [];
  for (const [lead, ...others] of alike.values()) {
    if (!lead) continue;
    const positions = [lead, ...others].map(({ position }) => position);
    const kind = TEMPLATE_KINDS[lead.kind];
    const template = await findTemplate(context.db, run.task.sub_app_id, kind, lead.definition);
    if (template) {
      const spec =
        template.kind === 'Transcode'
          ? toRenditionSpec((template as Template<'Transcode'>).parameters, lead)
          : undefined;
      jobs.push({ lead, positions, template, spec });
    } else {
      const message = `there is no ${kind} template ${lead.definition}`;
      const failure: Outcome = { ok: false, errCodeExt: 'InvalidInput.DefinitionNotExist', message };
      for (const position of positions) outcomes.set(position, failure);
    }
  }
  return jobs;
}

interface SourceWork {
  readonly context: VodContext;
  readonly run: Run;
  readonly source: SourceInfo;
  readonly sourcePath: string;
  readonly options: SubtaskRunOptions;
}

/** Plain MP4 renditions are made together: one decode, one cascade of scales. */
async function runShared(
  { context, source, sourcePath, options }: SourceWork,
  jobs: readonly Job[],
  settle: (job: Job, outcome: Outcome) => void,
): Promise<void> {
  if (jobs.length === 0) return;
  const { tools, logger, x264Preset } = context;
  const specs = jobs.flatMap(({ spec }) => spec ?? []);
  const plan = planTranscode(source, specs, { x264Preset, canToneMap: tools.canToneMap });
  const positions = jobs.flatMap((job) => job.positions);
  const scratchFolder = join(options.scratchFolder, 'shared');
  await mkdir(scratchFolder);
  const results = await runTranscode(plan, {
    sourcePath,
    tools,
    scratchFolder,
    signal: options.signal,
    logger,
    onProgress: (percent) => options.onProgress(positions, percent),
  });
  for (const result of results) {
    const job = jobs.find(({ lead }) => lead.definition === result.definition);
    if (job) settle(job, toOutcome(result, job.lead.position));
  }
}

async function runAlone(work: SourceWork, { lead, positions, template }: Job): Promise<Outcome> {
  const { context, run, source, sourcePath, options } = work;
  const { tools, logger } = context;
  try {
    const watermarks = await findWatermarks(context, run.task.sub_app_id, lead);
    const planned = planSubtask(template.parameters, lead, {
      source,
      tools,
      watermarks,
      x264Preset: context.x264Preset,
      fileId: run.task.file_id,
    });
    const made = await runWork(planned, {
      sourcePath,
      tools,
      logger,
      signal: options.signal,
      scratchFolder: join(options.scratchFolder, String(lead.position)),
      onProgress: (percent) => options.onProgress(positions, percent),
    });
    return { ok: true, made, lead: lead.position };
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    const { errCodeExt, message } = error;
    logger.warn(
      { kind: lead.kind, definition: lead.definition, errCodeExt, reason: message },
      'a sub-task failed',
    );
    return toFailure(error);
  }
}

function toFailure({ errCodeExt, message }: MediaError): Outcome {
  return { ok: false, errCodeExt, message };
}

function toOutcome(result: TranscodeResult, lead: number): Outcome {
  if (!('path' in result)) return { ok: false, errCodeExt: result.errCodeExt, message: result.message };
  return { ok: true, lead, made: { files: [result], details: {}, info: result.info } };
}

async function findSourcePath(context: VodContext, task: TaskRow): Promise<string> {
  const found = (await findMedia(context.db, task.sub_app_id, [task.file_id])).get(task.file_id);
  const source = found && findSource(found);
  if (!source)
    throw new MediaError('SourceFileError.DownloadNotAccessible', 'the source file has been deleted');
  return context.blobs.localPath(source.blob_key);
}
