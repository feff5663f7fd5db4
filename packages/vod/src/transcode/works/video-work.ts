import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PixelSize } from '@vodstack/protocol';
import { NO_METADATA } from '../encoder-arguments.ts';
import { MediaError } from '../media-error.ts';
import { isHdr } from '../filter-graph.ts';
import type { AudioStreamInfo, SourceInfo, VideoStreamInfo } from '../source-info.ts';
import { fitOf, frameSize } from './frame-size.ts';
import { drawMosaics, type Mosaic } from './mosaic.ts';
import { prepareFilters, requirePicture } from './picture-source.ts';
import { playlistFiles, playlistSec, sumSizes } from './playlist.ts';
import {
  type AudioRule,
  audioStreamArguments,
  codecOf,
  pickAudio,
  type StreamOptions,
  type TehdRule,
  unsupported,
  type VideoRule,
  videoStreamArguments,
} from './stream-arguments.ts';
import { type TimeRange, timeRange } from './time-range.ts';
import { type DrawingSkills, drawWatermarks, type Watermark } from './watermark.ts';
import type { MadeFolder, Work, WorkYield } from './work.ts';

/** What a transcode template says (TranscodeTemplate), after the sub-task's OverrideParameter. */
export interface TranscodeRule {
  readonly Container: string;
  readonly RemoveVideo?: number | undefined;
  readonly RemoveAudio?: number | undefined;
  readonly VideoTemplate?: VideoRule | null | undefined;
  readonly AudioTemplate?: AudioRule | null | undefined;
  readonly TEHDConfig?: TehdRule | null | undefined;
  readonly SegmentType?: string | undefined;
}

export interface VideoWorkOptions extends StreamOptions, DrawingSkills {
  readonly definition: number;
  readonly canToneMap: boolean;
  readonly startOffset?: number | undefined;
  readonly endOffset?: number | undefined;
  readonly watermarks?: readonly Watermark[] | undefined;
  readonly mosaics?: readonly Mosaic[] | undefined;
  /** Streams are taken over as they are; only the container changes. */
  readonly isRemux?: boolean | undefined;
}

const AUDIO_CONTAINERS = new Set(['mp3', 'm4a', 'flac', 'ogg', 'wav', 'aac']);
const VIDEO_CONTAINERS = new Set(['mp4', 'flv', 'hls']);
const MAX_SIDE = 8192;
const DEFAULT_HLS_SEC = 10;

/** One rendition of its own: any container, codec, size and part of the source. */
export function planVideoWork(source: SourceInfo, rule: TranscodeRule, options: VideoWorkOptions): Work {
  const container = rule.Container;
  const isAudioOnly = AUDIO_CONTAINERS.has(container) || rule.RemoveVideo === 1;
  if (!AUDIO_CONTAINERS.has(container) && !VIDEO_CONTAINERS.has(container)) {
    throw unsupported(`there is no container ${JSON.stringify(container)} here`);
  }
  const range = timeRange(source.durationSec, options.startOffset, options.endOffset);
  const audio = rule.RemoveAudio === 1 ? undefined : pickAudio(source.audio);
  if (isAudioOnly && audio === undefined) {
    throw new MediaError('SourceFileError.ContentUnsupported', 'the file has no sound that could be decoded');
  }
  const picture = isAudioOnly ? undefined : pictureArguments(source, rule, { ...options, range });
  const streams = [
    ...(picture?.args ?? []),
    ...(audio ? ['-map', `0:${audio.index}`, ...soundArguments(rule, audio, options)] : []),
  ];
  const lengthSec = range.endSec - range.startSec;
  const length = lengthBounds(source, range, audio, isAudioOnly);
  const isPart = lengthSec < source.durationSec;
  const fileName = mainName(options.definition, container);
  return {
    runs: [
      {
        inputArgs: range.startSec > 0 ? ['-ss', range.startSec.toFixed(3)] : [],
        ffmpegArgs: [
          ...(picture?.inputArgs ?? []),
          ...streams,
          ...NO_METADATA,
          '-t',
          isPart ? lengthSec.toFixed(3) : String(Math.ceil(lengthSec) + 1),
          ...muxArguments(rule, options.definition),
          fileName,
        ],
        expected: { fileSec: lengthSec },
        maxOutputBytes: 2 ** 40,
      },
    ],
    inputs: picture?.files ?? {},
    collect: (made) =>
      container === 'hls'
        ? collectHls(made, fileName, { length, hasPicture: !isAudioOnly, hasSound: audio !== undefined })
        : collectFile(made, fileName, {
            length,
            hasSound: audio !== undefined,
            size: picture?.size,
            codec: options.isRemux || isAudioOnly ? undefined : codecOf(rule.VideoTemplate ?? {}),
          }),
  };
}

/** The file name of a rendition, as the cloud's (observed). */
export function mainName(definition: number, container: string): string {
  return `v.f${definition}.${container === 'hls' ? 'm3u8' : container}`;
}

interface LengthBounds {
  readonly minSec: number;
  readonly maxSec: number;
}

/** Picture and sound may honestly end before the file does: the shortest that a result may be is what its main stream has. */
export function lengthBounds(
  source: SourceInfo,
  range: TimeRange,
  audio: AudioStreamInfo | undefined,
  isAudioOnly: boolean,
): LengthBounds {
  const { video, durationSec } = source;
  const pictureEnd = video?.isDurationExact ? video.startSec + video.durationSec : durationSec;
  const end = isAudioOnly ? (audio?.durationSec ?? durationSec) : pictureEnd;
  return {
    minSec: Math.max(0, Math.min(range.endSec, end) - range.startSec),
    maxSec: range.endSec - range.startSec,
  };
}

interface PictureArguments {
  readonly inputArgs: readonly string[];
  readonly args: readonly string[];
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly size: PixelSize | undefined;
}

function pictureArguments(
  info: SourceInfo,
  rule: TranscodeRule,
  options: VideoWorkOptions & { readonly range: TimeRange },
): PictureArguments {
  const source = requirePicture(info);
  const { video } = source;
  if (options.isRemux) return remuxArguments(video.index, video.codec, rule.Container);
  const template = rule.VideoTemplate ?? {};
  if (rule.Container === 'flv' && codecOf(template) !== 'h264') {
    throw unsupported('FLV holds H.264 only');
  }
  const size = frameSize(source.display, template);
  if (Math.max(size.width, size.height) > MAX_SIDE) {
    throw new MediaError(
      'SourceFileError.ContentUnsupported',
      `the picture would become ${size.width}x${size.height}; the longest side may be ${MAX_SIDE}`,
    );
  }
  const fps = template.Fps || sourceFps(video.fps);
  const hdr = preservedHdr(video, template);
  const filters = [
    // start_time=0: a picture that begins late is filled from the front, and never depends on a player's edit lists.
    ...(video.isInterlaced ? ['bwdif=mode=send_frame:deint=interlaced'] : []),
    `fps=${Number(fps.toFixed(6))}:start_time=0`,
    ...prepareFilters({ ...source, video: { ...video, isInterlaced: false } }, options.canToneMap && !hdr),
    fitOf(source.display, size, template),
  ];
  const base = `[0:${video.index}]${filters.join(',')},format=${hdr ? 'yuv420p10le' : 'yuv420p'}[base]`;
  const lengthSec = options.range.endSec - options.range.startSec;
  const mosaics = drawMosaics(options.mosaics ?? [], { from: 'base', frame: size, durationSec: lengthSec });
  const marks = drawWatermarks(
    options.watermarks ?? [],
    { from: mosaics.label, frame: size, durationSec: lengthSec },
    options,
  );
  const tehd = rule.TEHDConfig?.Type && rule.TEHDConfig.Type !== 'OFF' ? rule.TEHDConfig : undefined;
  return {
    inputArgs: marks.inputArgs,
    files: marks.files,
    size,
    args: [
      '-filter_complex',
      [base, ...mosaics.chains, ...marks.chains].join(';'),
      '-map',
      `[${marks.label}]`,
      ...videoStreamArguments(template, { index: 0, fps, tehd, hdr }, options),
    ],
  };
}

/** The transfer that a template keeps: H.265 alone carries HDR here; in other codecs it is tone-mapped all the same. */
function preservedHdr(video: VideoStreamInfo, rule: VideoRule): 'smpte2084' | 'arib-std-b67' | undefined {
  if (rule.PreserveHDRSwitch !== 'ON' || !isHdr(video) || codecOf(rule) !== 'hevc') return undefined;
  return video.transfer === 'smpte2084' ? 'smpte2084' : 'arib-std-b67';
}

/** Rates that no camera has come from broken headers. */
export function sourceFps(fps: number): number {
  return fps > 0 && fps <= 120 ? fps : 25;
}

function remuxArguments(index: number, codec: string, container: string): PictureArguments {
  const isTaken = container === 'mp4' ? ['h264', 'hevc', 'av1', 'mpeg4', 'vp9'] : ['h264', 'hevc'];
  if (!isTaken.includes(codec)) {
    throw unsupported(`video of the kind ${codec} cannot be put into ${container} without encoding it anew`);
  }
  const tag = codec === 'hevc' ? ['-tag:v', 'hvc1'] : [];
  return { inputArgs: [], args: ['-map', `0:${index}`, '-c:v', 'copy', ...tag], files: {}, size: undefined };
}

function soundArguments(rule: TranscodeRule, source: AudioStreamInfo, options: VideoWorkOptions): string[] {
  if (options.isRemux && ['aac', 'mp3', 'ac3', 'eac3'].includes(source.codec)) return ['-c:a', 'copy'];
  const template = options.isRemux ? { AudioChannel: 0 } : (rule.AudioTemplate ?? {});
  return audioStreamArguments(template, { index: 0, source, container: rule.Container }, options);
}

export function muxArguments(rule: TranscodeRule, definition: number): string[] {
  switch (rule.Container) {
    case 'hls':
      return hlsArguments(rule, definition);
    case 'mp4':
    case 'm4a':
      return ['-f', 'mp4', '-movflags', '+faststart'];
    case 'flv':
      return ['-f', 'flv', '-flvflags', 'no_duration_filesize'];
    case 'aac':
      return ['-f', 'adts'];
    default:
      return ['-f', rule.Container];
  }
}

function hlsArguments(rule: TranscodeRule, definition: number): string[] {
  const seconds = rule.VideoTemplate?.HlsTime || DEFAULT_HLS_SEC;
  const isFmp4 = rule.SegmentType === 'fmp4';
  const stem = `v.f${definition}`;
  return [
    '-f',
    'hls',
    '-hls_time',
    String(seconds),
    '-hls_playlist_type',
    'vod',
    ...(isFmp4
      ? ['-hls_segment_type', 'fmp4', '-hls_fmp4_init_filename', `${stem}_init.mp4`]
      : ['-hls_segment_type', 'mpegts']),
    '-hls_segment_filename',
    `${stem}_%d.${isFmp4 ? 'm4s' : 'ts'}`,
  ];
}

interface Expected {
  readonly length: LengthBounds;
  readonly hasSound: boolean;
  readonly size: PixelSize | undefined;
  readonly codec: string | undefined;
}

export async function collectFile(made: MadeFolder, name: string, expected: Expected): Promise<WorkYield> {
  const info = await made.probe(name);
  const { video } = info;
  if (expected.size && video === null) throw malformed('nothing of the picture could be decoded');
  if (expected.hasSound && info.audio.length === 0) throw malformed('nothing of the sound could be decoded');
  if (
    expected.size &&
    video &&
    (video.width !== expected.size.width || video.height !== expected.size.height)
  ) {
    const { width, height } = expected.size;
    throw new MediaError(
      'InternalError',
      `the result is not as planned: ${video.width}x${video.height} instead of ${width}x${height}`,
    );
  }
  if (expected.codec && video?.codec !== expected.codec) {
    throw new MediaError('InternalError', `the result is ${video?.codec} instead of ${expected.codec}`);
  }
  assertLength(info.durationSec, expected.length);
  return { fileNames: [name], details: {}, info };
}

export async function collectHls(
  made: MadeFolder,
  name: string,
  expected: { length: LengthBounds; hasPicture: boolean; hasSound: boolean },
): Promise<WorkYield> {
  const text = await made.readText(name);
  const files = playlistFiles(text);
  const durationSec = playlistSec(text);
  assertLength(durationSec, expected.length);
  const sizeBytes = await sumSizes(made, [name, ...files]);
  const first = await probeFirst(made, files);
  if (expected.hasPicture && first.video === null) throw malformed('nothing of the picture could be decoded');
  if (expected.hasSound && first.audio.length === 0) throw malformed('nothing of the sound could be decoded');
  const bitrateBps = Math.round((sizeBytes * 8) / durationSec);
  const audioBps = first.audio.reduce((sum, stream) => sum + stream.bitrateBps, 0);
  const info: SourceInfo = {
    ...first,
    container: 'hls',
    sizeBytes,
    bitrateBps,
    durationSec,
    video: first.video && { ...first.video, durationSec, bitrateBps: Math.max(0, bitrateBps - audioBps) },
    audio: first.audio.map((stream) => ({ ...stream, durationSec })),
  };
  return { fileNames: [name, ...files], details: { sizeBytes }, info };
}

/** A segment of fragmented MP4 can be read only behind its initialisation section. */
export async function probeFirst(made: MadeFolder, files: readonly string[]): Promise<SourceInfo> {
  const [first = '', second] = files;
  if (!first.endsWith('.mp4') || second === undefined) return await made.probe(first);
  const joined = 'joined-for-probe.tmp';
  const parts = await Promise.all([first, second].map((name) => readFile(join(made.path, name))));
  await writeFile(join(made.path, joined), Buffer.concat(parts));
  return await made.probe(joined);
}

/** @throws MediaError when a result is more than two percent or a second too short or too long */
export function assertLength(gotSec: number, { minSec, maxSec }: LengthBounds): void {
  if (gotSec > maxSec + slack(maxSec)) {
    const told = `${gotSec.toFixed(1)} s long instead of ${maxSec.toFixed(1)} s`;
    throw new MediaError('InternalError', `the result is ${told}`);
  }
  if (gotSec >= minSec - slack(minSec)) return;
  throw malformed(`the source says ${minSec.toFixed(1)} s but only ${gotSec.toFixed(1)} s could be decoded`);
}

/** Two percent, or a second. */
function slack(sec: number): number {
  return Math.max(1, sec * 0.02);
}

function malformed(message: string): MediaError {
  return new MediaError('SourceFileError.ContentMalformed', message);
}
