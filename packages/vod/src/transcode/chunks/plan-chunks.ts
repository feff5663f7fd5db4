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

/**
 * How far before a part the demuxer is sent. In files with B-frames it may go to a keyframe that is shown a few frames after the time that
 * it was asked for. All that is decoded before the part is dropped by the fps filter, which needs the last one of it.
 */
const LEAD_SEC = 1;
/** A fine grid for any frame rate in whole numbers, and one that players' tables hold. */
const TIMESCALE = '90000';
const MIN_PARTS = 4.5;
/** Of the longest sources the parts are longer: each is a job and a line in the plan. */
const MAX_PARTS = 100;

/** Whether cutting a source may pay at all: known before its keyframes are looked for. */
export function isLongEnough({ durationSec }: SourceInfo, partSec: number): boolean {
  return partSec > 0 && durationSec > MIN_PARTS * partSec;
}

/** Undefined when the source is short, or nothing that can be cut and joined to the frame. */
export function planChunks(
  source: VideoSource,
  streams: ChunkedStreams,
  chunks: ChunkOptions,
  options: Options,
): ChunkPlan | undefined {
  const gridSec = commonGrid(streams.pictures);
  if (gridSec === undefined || !isLongEnough(source, chunks.partSec) || !isSeekable(source)) return undefined;
  const endSec = Math.min(source.durationSec, source.video.startSec + source.video.durationSec);
  const starts = chooseStarts(endSec, gridSec, chunks);
  if (starts.length < 2) return undefined;
  return {
    parts: starts.map((startSec, i) =>
      planPart(
        source,
        streams,
        { startSec, endSec: starts[i + 1] ?? endSec, isLast: i === starts.length - 1 },
        options,
      ),
    ),
    sound: planSound(source, streams, options),
    join: planJoin(source, streams),
    results: streams.targets.flatMap(({ fileName, picture, isResult }) =>
      isResult && picture !== null ? [{ fileName, picture }] : [],
    ),
  };
}

/** Where every picture has a keyframe and a frame on whole seconds: such times are exact in every container's clock. */
function commonGrid(pictures: readonly PictureDemand[]): number | undefined {
  const gops = pictures.map(gopSec);
  const isWhole = pictures.every(({ fps }) => Number.isInteger(fps)) && gops.every(Number.isInteger);
  const grid = gops.reduce(lcm, 1);
  return isWhole && pictures.every(isCuttable) && grid <= 10 ? grid : undefined;
}

/** An average rate would be met by each part alone, whatever is in it. */
function isCuttable({ rule }: PictureDemand): boolean {
  const isH264 = ['', 'libx264', 'h264'].includes(rule.Codec ?? '');
  return isH264 && rule.Mode !== 'ABR' && rule.Mode !== 'CBR';
}

function lcm(a: number, b: number): number {
  let [rest, divisor] = [a, b];
  while (divisor !== 0) [rest, divisor] = [divisor, rest % divisor];
  return (a * b) / rest;
}

/**
 * Files with an index (a fragmented MP4 has none, and is read and decoded from its beginning for each part), and no 4:4:4: what x264 writes
 * of that kind cannot be decoded from the middle, and ffmpeg does not say so.
 */
function isSeekable({ container, video }: VideoSource): boolean {
  const hasIndex = container.includes('mov') ? video.frameCount !== null : container.includes('matroska');
  return hasIndex && !/444|gbr/.test(video.pixelFormat) && video.isDurationExact;
}

/** Even parts, an even number of them; each begins on the grid, as little as may be behind a keyframe of the source. */
function chooseStarts(durationSec: number, gridSec: number, chunks: ChunkOptions): number[] {
  const wanted = Math.min(MAX_PARTS, 2 * Math.ceil(durationSec / chunks.partSec / 2));
  const stepSec = durationSec / wanted;
  const starts = Array.from({ length: wanted }, (_, i) => {
    if (i === 0) return 0;
    const nearest = Math.round((i * stepSec) / gridSec) * gridSec;
    const near = [0, -1, 1, -2, 2].map((shift) => nearest + shift * gridSec);
    const inside = near.filter((sec) => Math.abs(sec - i * stepSec) <= stepSec / 4);
    return inside.toSorted((a, b) => decodedTwice(a, chunks) - decodedTwice(b, chunks))[0] ?? nearest;
  });
  return [...new Set(starts)].filter((sec) => sec + gridSec < durationSec).toSorted((a, b) => a - b);
}

function decodedTwice(startSec: number, { keyframesSec }: ChunkOptions): number {
  return startSec - (keyframesSec.findLast((sec) => sec <= startSec - LEAD_SEC) ?? 0);
}

function planPart(
  source: VideoSource,
  { pictures, maxOutputBytes }: ChunkedStreams,
  { startSec, endSec, isLast }: { startSec: number; endSec: number; isLast: boolean },
  options: Options,
): ChunkPart {
  const lengthSec = endSec - startSec;
  const frames = pictures.map(({ fps }) => Math.round(fps * lengthSec));
  const labelled = pictures.map(({ size, fps }, i) => ({ ...size, fps, label: `v${i}` }));
  const outputs = pictures.flatMap((picture, i) => [
    ['-map', `[v${i}]`],
    pictureArguments(picture, 0, options),
    // As many parts as cores, each with one thread: a tenth less CPU than one run with all threads.
    ['-threads', '1'],
    NO_METADATA,
    isLast ? ['-t', String(Math.ceil(lengthSec) + 1)] : ['-frames:v', String(frames[i])],
    fragmentArguments(startSec, gopSec(picture)),
    [partFileName(i)],
  ]);
  return {
    startSec,
    lengthSec,
    frames,
    isLast,
    inputArgs: ['-threads', '1', '-filter_complex_threads', '1', ...seekArguments(startSec)],
    ffmpegArgs: ['-filter_complex', buildFilterGraph(source, labelled, options), ...outputs.flat()],
    expected: { fileSec: lengthSec, frames: Math.max(1, frames[0] ?? 1) },
    maxOutputBytes,
  };
}

/** The clock stands at zero where the part begins; what is decoded on the way there has negative times. */
function seekArguments(startSec: number): string[] {
  if (startSec === 0) return [];
  return ['-noaccurate_seek', '-ss', String(startSec - LEAD_SEC), '-itsoffset', String(-LEAD_SEC)];
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
      '-map',
      `0:${audio.index}`,
      ...soundArguments(sound, 0, audio, options),
      ...NO_METADATA,
      ...maxSec,
      '-f',
      'mp4',
      soundFileName(i),
    ]),
    expected: { fileSec: source.durationSec },
    maxOutputBytes,
  };
}

function planJoin(source: VideoSource, { targets, maxOutputBytes }: ChunkedStreams): ChunkPlan['join'] {
  const results = targets.filter(({ isResult }) => isResult);
  if (results.length === 0) return null;
  const files = [...new Set(results.flatMap(filesOf))];
  const copy = ['-c', 'copy', ...NO_METADATA, '-movflags', '+faststart', '-f', 'mp4'];
  return {
    files: files.map((file) => ({ file })),
    ffmpegArgs: results.flatMap((target) => [
      ...filesOf(target).flatMap((file) => ['-map', String(files.indexOf(file))]),
      ...copy,
      target.fileName,
    ]),
    expected: { fileSec: source.durationSec },
    maxOutputBytes,
  };
}

function filesOf({ picture, sound }: TeeTarget): string[] {
  return [
    ...(picture === null ? [] : [pictureFileName(picture)]),
    ...(sound === null ? [] : [soundFileName(sound)]),
  ];
}
