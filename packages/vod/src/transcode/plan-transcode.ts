import { renditionFileName, renditionSize, type ErrCodeExt, type PixelSize } from '@vodstack/protocol';
import {
  audioArguments,
  groupAudio,
  NO_METADATA,
  teeArguments,
  videoArguments,
  type X264Preset,
} from './encoder-arguments.ts';
import { buildFilterGraph } from './filter-graph.ts';
import type { RenditionSpec } from './rendition-spec.ts';
import type { SourceInfo, VideoStreamInfo } from './source-info.ts';
import type { FailedOutput, TranscodePlan } from './transcode-plan.ts';
import { pickAudio } from './works/stream-arguments.ts';

export interface PlanOptions {
  /** Default medium: against veryfast 1.5 times the CPU time and 2 to 4 VMAF more. */
  readonly x264Preset?: X264Preset | undefined;
  /** Whether this ffmpeg can tone-map (`MediaTools.canToneMap`); without it HDR comes out pale but plays. */
  readonly canToneMap: boolean;
  /** Longer sources are refused. Default 24 hours. */
  readonly maxDurationSec?: number | undefined;
}

type VideoSource = SourceInfo & { readonly video: VideoStreamInfo; readonly display: PixelSize };

/** Longest side of an output: 8192 is where level 6.2 of H.264 and most players end. */
const MAX_LONG_SIDE = 8192;

/**
 * One ffmpeg run for all renditions: one decode, a cascade of scales, one encoder each, audio encoded once per setting. Pure.
 * What cannot be made is in `rejected`; with no output left `ffmpegArgs` is empty and there is nothing to run.
 */
export function planTranscode(
  source: SourceInfo,
  specs: readonly RenditionSpec[],
  options: PlanOptions,
): TranscodePlan {
  const unique = specs.filter(
    (spec, i) => specs.findIndex((other) => other.definition === spec.definition) === i,
  );
  const problem = findSourceProblem(source, options);
  if (problem !== null || !hasVideo(source)) {
    const shown = problem ?? NO_VIDEO;
    return emptyPlan(
      source,
      unique.map((spec) => reject(spec, shown)),
    );
  }
  const judged = unique.map((spec) => ({ spec, problem: findSpecProblem(source, spec) }));
  const accepted = judged.filter((entry) => entry.problem === null).map((entry) => entry.spec);
  const rejected = judged.flatMap((entry) =>
    entry.problem === null ? [] : [reject(entry.spec, entry.problem)],
  );
  return accepted.length === 0
    ? emptyPlan(source, rejected)
    : { ...planOutputs(source, accepted, options), rejected };
}

function reject({ definition }: RenditionSpec, problem: Problem): FailedOutput {
  return { definition, ...problem };
}

function planOutputs(
  source: VideoSource,
  specs: readonly RenditionSpec[],
  options: PlanOptions,
): Omit<TranscodePlan, 'rejected'> {
  const audio = pickAudio(source.audio);
  const outputs = specs.map((spec) => ({
    definition: spec.definition,
    fileName: renditionFileName(spec),
    ...renditionSize(source.display, spec.video.shortSide),
    fps: spec.video.fps,
    hasAudio: audio !== undefined,
  }));
  const { groups, groupOf } = groupAudio(audio === undefined ? [] : specs);
  const pictures = outputs.map((output, i) => ({ ...output, label: `v${i}` }));
  const targets = outputs.map(({ fileName }, i) => ({ fileName, audioGroup: groupOf[i] ?? null }));
  const ffmpegArgs = [
    ['-filter_complex', buildFilterGraph(source, pictures, options)],
    ...pictures.flatMap(({ label }) => ['-map', `[${label}]`]),
    ...groups.flatMap(() => ['-map', `0:${audio?.index}`]),
    ...videoArguments(specs, options.x264Preset ?? 'medium'),
    ...audioArguments(groups),
    NO_METADATA,
    // As an output option it also ends a file whose time stamps run away; as an input option it does not.
    ['-t', String(Math.ceil(source.durationSec) + 1)],
    ...teeArguments(targets),
  ].flat();
  return {
    ffmpegArgs,
    outputs,
    expected: expectedDuration(source),
    maxOutputBytes: maxOutputBytes(source, specs),
  };
}

interface Problem {
  readonly errCodeExt: ErrCodeExt;
  readonly message: string;
}

const NO_VIDEO: Problem = {
  errCodeExt: 'SourceFileError.NoVideoMedia',
  message: 'the file has no video: only its sound could be transcoded',
};

function hasVideo(source: SourceInfo): source is VideoSource {
  return source.video !== null && source.display !== null;
}

function findSourceProblem(source: SourceInfo, options: PlanOptions): Problem | null {
  if (!hasVideo(source)) return NO_VIDEO;
  const { video, durationSec } = source;
  if (video.width <= 0 || video.height <= 0) {
    return {
      errCodeExt: 'SourceFileError.NoVideoResolution',
      message: 'the size of the picture is not known',
    };
  }
  if (isTimeStampBomb(source)) {
    const message = `the time stamps are not plausible: ${video.frameCount ?? 'few'} frames in ${Math.round(durationSec)} s`;
    return { errCodeExt: 'SourceFileError.ContentMalformed', message };
  }
  const maxDurationSec = options.maxDurationSec ?? 24 * 3600;
  if (durationSec <= maxDurationSec) return null;
  const message = `the source is ${Math.round(durationSec)} s long; at most ${maxDurationSec} s are transcoded`;
  return { errCodeExt: 'SourceFileError.ContentUnsupported', message };
}

/** Three frames hours apart make a 20 kB file into hundreds of thousands of repeated frames. A real slide show keeps above this. */
function isTimeStampBomb({ video, durationSec }: VideoSource): boolean {
  const fps = video.frameCount === null ? video.fps : video.frameCount / durationSec;
  return durationSec > 600 && fps < 0.1;
}

function findSpecProblem(source: VideoSource, spec: RenditionSpec): Problem | null {
  const size = renditionSize(source.display, spec.video.shortSide);
  const longSide = Math.max(size.width, size.height);
  if (longSide <= MAX_LONG_SIDE) return null;
  const { width, height } = source.display;
  const message = `a picture of ${width}x${height} would become ${size.width}x${size.height}; the longest side may be ${MAX_LONG_SIDE}`;
  return { errCodeExt: 'SourceFileError.ContentUnsupported', message };
}

function expectedDuration({ durationSec, video }: VideoSource): TranscodePlan['expected'] {
  return {
    fileSec: durationSec,
    videoSec: video.isDurationExact ? video.startSec + video.durationSec : null,
  };
}

function maxOutputBytes(source: VideoSource, specs: readonly RenditionSpec[]): number {
  if (specs.some((spec) => spec.video.bitrateKbps === 0)) return 2 ** 40;
  const kbps = Math.max(...specs.map((spec) => spec.video.bitrateKbps + spec.audio.bitrateKbps));
  return Math.ceil((2 * kbps * 1000 * source.durationSec) / 8) + 64 * 2 ** 20;
}

function emptyPlan(source: SourceInfo, rejected: readonly FailedOutput[]): TranscodePlan {
  const expected = { fileSec: source.durationSec, videoSec: null };
  return { ffmpegArgs: [], outputs: [], rejected, expected, maxOutputBytes: 0 };
}
