import type { PixelSize } from '@vodstack/protocol';
import { NO_METADATA, type TeeTarget } from '../encoder-arguments.ts';
import { buildFilterGraph } from '../filter-graph.ts';
import type { AudioStreamInfo, SourceInfo, VideoStreamInfo } from '../source-info.ts';
import {
  type EncoderOptions,
  gopSec,
  pictureArguments,
  type PictureDemand,
  soundArguments,
  type SoundDemand,
} from '../stream-demand.ts';
import {
  type ChunkOptions,
  type ChunkPart,
  type ChunkPlan,
  partFileName,
  pictureFileName,
  soundFileName,
} from './chunk-plan.ts';

type VideoSource = SourceInfo & { readonly video: VideoStreamInfo; readonly display: PixelSize };

export interface ChunkedStreams {
  readonly pictures: readonly PictureDemand[];
  readonly sounds: readonly SoundDemand[];
  readonly audio: AudioStreamInfo | undefined;
  readonly targets: readonly TeeTarget[];
  readonly maxOutputBytes: number;
}

type Options = EncoderOptions & { readonly canToneMap: boolean };

/** Decoded before a part begins and thrown away: its first frames are then those that a run over the whole would have there. */
const LEAD_SEC = 1;
/** A fine grid for any frame rate in whole numbers, and one that players' tables hold. */
const TIMESCALE = '90000';

/** Undefined when the source is short, or nothing that can be cut and joined to the frame. */
export function planChunks(
  source: VideoSource,
  streams: ChunkedStreams,
  chunks: ChunkOptions,
  options: Options,
): ChunkPlan | undefined {
  const gridSec = commonGrid(streams.pictures);
  if (gridSec === undefined || source.durationSec <= chunks.minSourceSec || !isSeekable(source)) {
    return undefined;
  }
  const starts = chooseStarts(source.durationSec, gridSec, chunks);
  if (starts.length < 2) return undefined;
  const parts = starts.map((startSec, i) =>
    planPart(source, streams, { startSec, endSec: starts[i + 1] }, options),
  );
  return {
    parts,
    sound: planSound(source, streams, options),
    join: planJoin(source, streams),
    pictures: streams.pictures.map(({ fps }) => ({ fps })),
  };
}

/** Where every picture has a keyframe and a frame on whole seconds. */
function commonGrid(pictures: readonly PictureDemand[]): number | undefined {
  const gops = pictures.map(gopSec);
  const isWhole = pictures.every(({ fps }) => Number.isInteger(fps)) && gops.every(Number.isInteger);
  const isH264 = pictures.every(({ rule }) => ['', 'libx264', 'h264'].includes(rule.Codec ?? ''));
  const grid = gops.reduce(lcm, 1);
  return isWhole && isH264 && grid <= 10 ? grid : undefined;
}

function lcm(a: number, b: number): number {
  let [rest, divisor] = [a, b];
  while (divisor !== 0) [rest, divisor] = [divisor, rest % divisor];
  return (a * b) / rest;
}

/** Files with an index, and no 4:4:4: what x264 writes of that kind cannot be decoded from the middle, and ffmpeg does not say so. */
function isSeekable({ container, video }: VideoSource): boolean {
  return /mov|matroska/.test(container) && !/444|gbr/.test(video.pixelFormat) && video.isDurationExact;
}

/** Even parts, a multiple of those encoded at once; each begins on the grid, as little as may be behind a keyframe of the source. */
function chooseStarts(durationSec: number, gridSec: number, chunks: ChunkOptions): number[] {
  const wanted = Math.ceil(durationSec / chunks.partSec / chunks.parallel) * chunks.parallel;
  const stepSec = durationSec / wanted;
  const starts = Array.from({ length: wanted }, (_, i) => {
    if (i === 0) return 0;
    const near = [-2, -1, 0, 1, 2].map((shift) => (Math.round((i * stepSec) / gridSec) + shift) * gridSec);
    const inside = near.filter((sec) => Math.abs(sec - i * stepSec) <= stepSec / 4);
    const candidates = inside.length > 0 ? inside : [near[2] ?? 0];
    return candidates.toSorted((a, b) => decodedTwice(a, chunks) - decodedTwice(b, chunks))[0] ?? 0;
  });
  return [...new Set(starts)].filter((sec) => sec + gridSec < durationSec).toSorted((a, b) => a - b);
}

function decodedTwice(startSec: number, { keyframesSec }: ChunkOptions): number {
  const before = keyframesSec.findLast((sec) => sec <= startSec - LEAD_SEC) ?? 0;
  return startSec - before;
}

function planPart(
  source: VideoSource,
  { pictures, maxOutputBytes }: ChunkedStreams,
  { startSec, endSec }: { startSec: number; endSec: number | undefined },
  options: Options,
): ChunkPart {
  const leadSec = Math.min(LEAD_SEC, startSec);
  const lengthSec = (endSec ?? source.durationSec) - startSec;
  const frames = endSec === undefined ? null : pictures.map(({ fps }) => Math.round(fps * lengthSec));
  const labelled = pictures.map(({ size, fps }, i) => ({ ...size, fps, label: `v${i}` }));
  const outputs = pictures.flatMap((picture, i) => [
    ['-map', `[v${i}]`],
    pictureArguments(picture, 0, options),
    // As many parts as cores, each with one thread: a tenth less CPU than one run with all threads.
    ['-threads', '1'],
    NO_METADATA,
    frames ? ['-frames:v', String(frames[i])] : ['-t', String(Math.ceil(lengthSec) + 1)],
    fragmentArguments(startSec, gopSec(picture)),
    [partFileName(i)],
  ]);
  return {
    startSec,
    frames,
    inputArgs: [
      ['-threads', '1', '-filter_complex_threads', '1'],
      startSec > 0 ? ['-ss', String(startSec - leadSec)] : [],
      endSec === undefined ? [] : ['-t', String(lengthSec + leadSec + 1)],
    ].flat(),
    ffmpegArgs: [
      ...['-filter_complex', buildFilterGraph(source, labelled, { ...options, leadSec })],
      ...outputs.flat(),
    ],
    // ffmpeg's clock counts from the part's own place in the whole.
    expected: { fileSec: startSec + lengthSec },
    maxOutputBytes,
  };
}

/** Fragments that follow one another byte by byte: same header in each part, times counted through. */
function fragmentArguments(startSec: number, gop: number): string[] {
  const flags = '+frag_keyframe+empty_moov+default_base_moof+negative_cts_offsets+frag_discont+skip_trailer';
  return [
    ['-output_ts_offset', String(startSec), '-video_track_timescale', TIMESCALE],
    ['-movflags', flags, '-fragment_index', String(startSec / gop + 1), '-f', 'mp4'],
  ].flat();
}

function planSound(
  source: VideoSource,
  { sounds, audio, maxOutputBytes }: ChunkedStreams,
  options: Options,
): ChunkPlan['sound'] {
  if (audio === undefined || sounds.length === 0) return null;
  const maxSec = ['-t', String(Math.ceil(source.durationSec) + 1)];
  return {
    ffmpegArgs: sounds.flatMap((sound, i) => [
      ...['-map', `0:${audio.index}`, ...soundArguments(sound, 0, audio, options)],
      ...[...NO_METADATA, ...maxSec, '-f', 'mp4', soundFileName(i)],
    ]),
    expected: { fileSec: source.durationSec },
    maxOutputBytes,
  };
}

function planJoin(source: VideoSource, { targets, maxOutputBytes }: ChunkedStreams): ChunkPlan['join'] {
  const results = targets.filter(({ isResult }) => isResult);
  if (results.length === 0) return null;
  const filesOf = ({ picture, sound }: TeeTarget): string[] => [
    ...(picture === null ? [] : [pictureFileName(picture)]),
    ...(sound === null ? [] : [soundFileName(sound)]),
  ];
  const files = [...new Set(results.flatMap(filesOf))];
  return {
    files: files.map((file) => ({ file })),
    ffmpegArgs: results.flatMap((target) => [
      ...filesOf(target).flatMap((file) => ['-map', String(files.indexOf(file))]),
      ...['-c', 'copy', ...NO_METADATA, '-movflags', '+faststart', '-f', 'mp4', target.fileName],
    ]),
    expected: { fileSec: source.durationSec },
    maxOutputBytes,
  };
}
