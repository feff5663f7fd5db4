import type { SubtaskRow } from '../tables.ts';
import {
  type ChunkOptions,
  type EncodeRun,
  MAX_LONG_SIDE,
  MediaError,
  type PlannedPicture,
  planTranscode,
  type RenditionSpec,
  type SourceInfo,
  type TranscodePlan,
  type Watermark,
  type Work,
} from '../transcode/index.ts';
import type { Attachments } from './find-attachments.ts';
import { type PlanContext, planSubtask, toRenditionSpec } from './plan-subtask.ts';

/** Sub-tasks that ask for exactly the same, and what the template says. */
export interface TaskJob {
  readonly lead: Pick<SubtaskRow, 'kind' | 'definition' | 'input' | 'position'>;
  readonly positions: readonly number[];
  readonly parameters: object;
  readonly watermarks: readonly Watermark[];
  readonly attachments?: Attachments;
}

export interface PlannedRendition {
  readonly job: TaskJob;
  readonly spec: RenditionSpec;
}

export interface PlannedWork {
  readonly job: TaskJob;
  readonly work: Work;
  /** The cheapest way: from what the shared run makes, where that will do; else the work's own runs. */
  readonly runs: readonly EncodeRun[];
  /** `packing`: without the shared run there is nothing to pack; `frames`: the source would do as well. */
  readonly needs: 'packing' | 'frames' | null;
}

/** What a task comes to. Pure data: the same probe and templates always give the same plan, but for the keys of encrypted results. */
export interface TaskPlan {
  /** One decode for all that can share it. */
  readonly shared: TranscodePlan;
  readonly renditions: readonly PlannedRendition[];
  readonly works: readonly PlannedWork[];
  readonly failures: ReadonlyMap<TaskJob, MediaError>;
}

export interface TaskPlanContext extends Omit<PlanContext, 'watermarks'> {
  /** Cuts long sources; default: never. */
  readonly chunks?: ChunkOptions | undefined;
}

/** Folder of the shared run, beside the folders of the works. */
export const SHARED_FOLDER = 'shared';

interface OwnWork {
  readonly job: TaskJob;
  readonly work: Work;
}

/** Plans all of a task's sub-tasks at once. */
export function planTask(source: SourceInfo, jobs: readonly TaskJob[], context: TaskPlanContext): TaskPlan {
  const renditions: PlannedRendition[] = [];
  const works: OwnWork[] = [];
  const failures = new Map<TaskJob, MediaError>();
  for (const job of jobs) {
    const spec = job.lead.kind === 'Transcode' ? toRenditionSpec(job.parameters, job.lead) : undefined;
    if (spec) renditions.push({ job, spec });
    else {
      const work = planOwn(job, context);
      if (work instanceof MediaError) failures.set(job, work);
      else works.push({ job, work });
    }
  }
  const packed = choosePacked(renditions, works);
  const shared = planTranscode(
    source,
    renditions.map(({ spec }) => spec),
    {
      x264Preset: context.x264Preset,
      canToneMap: context.tools.canToneMap,
      encoders: context.tools.encoders,
      chunks: context.chunks,
    },
    packed.flatMap(({ work }) => work.packing?.demand ?? []),
  );
  return {
    shared,
    renditions,
    works: works.map((own) => planRuns(own, shared, packed.indexOf(own))),
    failures,
  };
}

function planOwn(job: TaskJob, context: TaskPlanContext): Work | MediaError {
  try {
    const { watermarks, attachments } = job;
    return planSubtask(job.parameters, job.lead, { ...context, watermarks, attachments });
  } catch (error) {
    if (error instanceof MediaError) return error;
    throw error;
  }
}

/** What is packed from shared streams: all that can be, unless only one picture were encoded and nobody else looked at it. */
function choosePacked(renditions: readonly PlannedRendition[], works: readonly OwnWork[]): OwnWork[] {
  const packable = works.filter(({ work: { packing } }) =>
    packing?.demand.pictures.every(({ size }) => Math.max(size.width, size.height) <= MAX_LONG_SIDE),
  );
  const pictures = packable.flatMap(({ work }) => work.packing?.demand.pictures ?? []);
  const lookers = works.filter(({ work }) => work.fromRendition);
  return renditions.length + pictures.length + lookers.length > 1 ? packable : [];
}

function planRuns({ job, work }: OwnWork, shared: TranscodePlan, demand: number): PlannedWork {
  const files = shared.demanded[demand];
  if (files && work.packing) {
    const toPaths = (names: readonly string[]): string[] => names.map(toPath);
    const run = work.packing.run({ pictures: toPaths(files.pictures), sounds: toPaths(files.sounds) });
    return { job, work, runs: [run], needs: 'packing' };
  }
  const rendition = work.fromRendition && smallest(shared.pictures, work.fromRendition.minSize);
  if (work.fromRendition && rendition) {
    const run = work.fromRendition.run({ ...rendition, fileName: toPath(rendition.fileName) });
    return { job, work, runs: [run], needs: 'frames' };
  }
  return { job, work, runs: work.runs, needs: null };
}

/** Of those that need not be enlarged. */
function smallest(
  pictures: readonly PlannedPicture[],
  minSize: { width: number; height: number },
): PlannedPicture | undefined {
  return pictures
    .filter(({ width, height }) => width >= minSize.width && height >= minSize.height)
    .toSorted((a, b) => a.width * a.height - b.width * b.height)[0];
}

function toPath(fileName: string): string {
  return `../${SHARED_FOLDER}/${fileName}`;
}
