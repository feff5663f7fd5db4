import { renditionFileName, renditionSize, type ErrCodeExt, type PixelSize } from '@vodstack/protocol';
import type { ChunkOptions } from './chunks/chunk-plan.ts';
import { planChunks } from './chunks/plan-chunks.ts';
import { NO_METADATA, teeArguments, type TeeTarget, type X264Preset } from './encoder-arguments.ts';
import { buildFilterGraph } from './filter-graph.ts';
import type { RenditionSpec } from './rendition-spec.ts';
import type { AudioStreamInfo, SourceInfo, VideoStreamInfo } from './source-info.ts';
import {
  type Distinct,
  distinctPictures,
  distinctSounds,
  type EncoderOptions,
  gopSec,
  pictureArguments,
  type PictureDemand,
  soundArguments,
  type SoundDemand,
  type StreamDemand,
} from './stream-demand.ts';
import type { FailedOutput, PlannedPicture, TranscodePlan } from './transcode-plan.ts';
import { pickAudio } from './works/stream-arguments.ts';

export interface PlanOptions {
  /** Default medium: against veryfast 1.5 times the CPU time and 2 to 4 VMAF more. */
  readonly x264Preset?: X264Preset | undefined;
  /** Whether this ffmpeg can tone-map (`MediaTools.canToneMap`); without it HDR comes out pale but plays. */
  readonly canToneMap: boolean;
  /** Names of the encoders of this ffmpeg; default: those that the MP4 presets need. */
  readonly encoders?: ReadonlySet<string> | undefined;
  /** Cuts long sources; default: never. */
  readonly chunks?: ChunkOptions | undefined;
  /** Longer sources are refused. Default 24 hours. */
  readonly maxDurationSec?: number | undefined;
}

type VideoSource = SourceInfo & { readonly video: VideoStreamInfo; readonly display: PixelSize };

/** Longest side of an output: 8192 is where level 6.2 of H.264 and most players end. */
export const MAX_LONG_SIDE = 8192;

/**
 * One ffmpeg run for all renditions, and for the streams that other results are packed from: one decode, a cascade of scales, and of pictures
 * and sounds that agree in every setting one encoder each. Pure.
 * What cannot be made is in `rejected`; with nothing left to make `ffmpegArgs` is empty and there is nothing to run.
 */
export function planTranscode(
  source: SourceInfo,
  specs: readonly RenditionSpec[],
  options: PlanOptions,
  demands: readonly StreamDemand[] = [],
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
  return accepted.length === 0 && demands.length === 0
    ? emptyPlan(source, rejected)
    : { ...planOutputs(source, { specs: accepted, demands }, options), rejected };
}

function reject({ definition }: RenditionSpec, problem: Problem): FailedOutput {
  return { definition, ...problem };
}

interface Wanted {
  readonly specs: readonly RenditionSpec[];
  readonly demands: readonly StreamDemand[];
}

function planOutputs(
  source: VideoSource,
  { specs, demands }: Wanted,
  options: PlanOptions,
): Omit<TranscodePlan, 'rejected'> {
  const encoder = {
    x264Preset: options.x264Preset ?? 'medium',
    encoders: options.encoders ?? PRESET_ENCODERS,
  };
  const audio = pickAudio(source.audio);
  const renditions = specs.map((spec) => ({ spec, ...toDemands(source, spec) }));
  const pictures = distinctPictures(
    [...renditions.map(({ picture }) => picture), ...demands.flatMap((demand) => demand.pictures)],
    encoder,
  );
  const wantedSounds = [...renditions.map(({ sound }) => sound), ...demands.flatMap(({ sounds }) => sounds)];
  const sounds = audio ? distinctSounds(wantedSounds, audio, encoder) : undefined;
  const results = renditions.map(({ spec, picture, sound }) => ({
    fileName: renditionFileName(spec),
    picture: pictures.indexOf(picture),
    sound: sounds ? sounds.indexOf(sound) : null,
    isResult: true,
  }));
  const targets = [...results, ...intermediates(pictures, sounds, { demands, results })];
  const maxBytes = maxOutputBytes(source, pictures.kept);
  const streams = {
    pictures: pictures.kept,
    sounds: sounds?.kept ?? [],
    audio,
    targets,
    maxOutputBytes: maxBytes,
  };
  const engine = { ...encoder, canToneMap: options.canToneMap };
  return {
    chunks: options.chunks && planChunks(source, streams, options.chunks, engine),
    ffmpegArgs: [
      ...encodeArguments(
        source,
        { pictures: pictures.kept, sounds: sounds?.kept ?? [], audio },
        {
          ...options,
          ...encoder,
        },
      ),
      ...teeArguments(targets),
    ],
    outputs: renditions.map(({ spec, picture: { size, fps } }) => ({
      definition: spec.definition,
      fileName: renditionFileName(spec),
      ...size,
      fps,
      hasAudio: audio !== undefined,
    })),
    pictures: pictures.kept.map((picture, i) => toPlannedPicture(picture, holderOf(targets, 'picture', i))),
    demanded: demands.map((demand) => ({
      pictures: demand.pictures.map((picture) => holderOf(targets, 'picture', pictures.indexOf(picture))),
      sounds: sounds ? demand.sounds.map((sound) => holderOf(targets, 'sound', sounds.indexOf(sound))) : [],
    })),
    expected: expectedDuration(source),
    maxOutputBytes: maxBytes,
  };
}

/** The encoders that every build we take has. */
const PRESET_ENCODERS: ReadonlySet<string> = new Set(['libx264', 'aac']);

function toDemands(
  source: VideoSource,
  { video, audio }: RenditionSpec,
): { picture: PictureDemand; sound: SoundDemand } {
  return {
    picture: {
      size: renditionSize(source.display, video.shortSide),
      fps: video.fps,
      rule: { Codec: 'libx264', Bitrate: video.bitrateKbps },
    },
    sound: {
      rule: {
        Codec: 'aac',
        Bitrate: audio.bitrateKbps,
        SampleRate: audio.sampleRateHz,
        AudioChannel: audio.channels,
      },
      container: 'mp4',
    },
  };
}

/** Files for demanded streams that no rendition holds: each stream by itself, to be packed afterwards and then thrown away. */
function intermediates(
  pictures: Distinct<PictureDemand>,
  sounds: Distinct<SoundDemand> | undefined,
  { demands, results }: { demands: readonly StreamDemand[]; results: readonly TeeTarget[] },
): TeeTarget[] {
  const isHeld = (stream: 'picture' | 'sound', index: number): boolean =>
    results.some((result) => result[stream] === index);
  const wanted = demands.length === 0 ? [] : (sounds?.kept ?? []).map((_, index) => index);
  return [
    ...pictures.kept.flatMap((_, index) =>
      isHeld('picture', index)
        ? []
        : [{ fileName: `picture-${index}.mp4`, picture: index, sound: null, isResult: false }],
    ),
    ...wanted.flatMap((index) =>
      isHeld('sound', index)
        ? []
        : [{ fileName: `sound-${index}.mp4`, picture: null, sound: index, isResult: false }],
    ),
  ];
}

function holderOf(targets: readonly TeeTarget[], stream: 'picture' | 'sound', index: number): string {
  return targets.find((target) => target[stream] === index)?.fileName ?? '';
}

function toPlannedPicture(demand: PictureDemand, fileName: string): PlannedPicture {
  return { fileName, ...demand.size, fps: demand.fps, gopSec: gopSec(demand) };
}

interface Streams {
  readonly pictures: readonly PictureDemand[];
  readonly sounds: readonly SoundDemand[];
  readonly audio: AudioStreamInfo | undefined;
}

function encodeArguments(
  source: VideoSource,
  { pictures, sounds, audio }: Streams,
  options: PlanOptions & EncoderOptions,
): string[] {
  const labelled = pictures.map(({ size, fps }, i) => ({ ...size, fps, label: `v${i}` }));
  return [
    ['-filter_complex', buildFilterGraph(source, labelled, options)],
    ...labelled.map(({ label }) => ['-map', `[${label}]`]),
    ...sounds.map(() => ['-map', `0:${audio?.index}`]),
    ...pictures.map((picture, i) => pictureArguments(picture, i, options)),
    ...sounds.map((sound, i) => (audio ? soundArguments(sound, i, audio, options) : [])),
    NO_METADATA,
    // As an output option it also ends a file whose time stamps run away; as an input option it does not.
    ['-t', String(Math.ceil(source.durationSec) + 1)],
  ].flat();
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

/** More than any template of compressed sound asks for. */
const MAX_SOUND_KBPS = 512;

function maxOutputBytes(source: VideoSource, pictures: readonly PictureDemand[]): number {
  if (!pictures.every(isCapped)) return 2 ** 40;
  const kbps = Math.max(...pictures.map(({ rule }) => rule.Bitrate ?? 0)) + MAX_SOUND_KBPS;
  return Math.ceil((2 * kbps * 1000 * source.durationSec) / 8) + 64 * 2 ** 20;
}

function emptyPlan(source: SourceInfo, rejected: readonly FailedOutput[]): TranscodePlan {
  const expected = { fileSec: source.durationSec, videoSec: null };
  return { ffmpegArgs: [], outputs: [], rejected, pictures: [], demanded: [], expected, maxOutputBytes: 0 };
}

function isCapped({ rule, tehd }: PictureDemand): boolean {
  return !!rule.Bitrate && !rule.Vcrf && !tehd;
}
