import type { PixelSize } from '@vodstack/protocol';
import { NO_METADATA } from '../encoder-arguments.ts';
import { MediaError } from '../media-error.ts';
import { isHdr } from '../filter-graph.ts';
import type { AudioStreamInfo, SourceInfo, VideoStreamInfo } from '../source-info.ts';
import type { PictureDemand } from '../stream-demand.ts';
import { fitOf, frameSize, isInProportion } from './frame-size.ts';
import { type BurntSubtitles, burnSubtitles } from './burnt-subtitles.ts';
import { collectFile, collectHls, lengthBounds } from './collect-video.ts';
import { chooseClips, type HeadTail, joinClips } from './head-tail.ts';
import { drawMosaics, type Mosaic } from './mosaic.ts';
import { packArguments } from './pack.ts';
import { prepareFilters, requirePicture } from './picture-source.ts';
import {
  audioEncoderArguments,
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
import type { Work } from './work.ts';

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
  readonly subtitles?: readonly BurntSubtitles[] | undefined;
  readonly headTails?: readonly HeadTail[] | undefined;
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
  const filmSec = range.endSec - range.startSec;
  const joined = joinHeadTails(source, rule, { picture, audio, filmSec }, options);
  const lengthSec = filmSec + (joined?.addedSec ?? 0);
  const length = lengthBounds(source, range, audio, isAudioOnly, joined?.addedSec);
  const isPart = joined !== undefined || filmSec < source.durationSec;
  const hasSound = joined ? joined.hasSound : audio !== undefined;
  const streams = joined?.args ?? [
    ...(picture ? pictureStream(picture, picture.chains, picture.output) : []),
    ...(audio ? ['-map', `0:${audio.index}`, ...soundArguments(rule, audio, options)] : []),
  ];
  const fileName = mainName(options.definition, container);
  const mux = [...NO_METADATA, ...muxArguments(rule, options.definition), fileName];
  const limits = { expected: { fileSec: lengthSec }, maxOutputBytes: 2 ** 40 };
  const maxSec = ['-t', isPart ? lengthSec.toFixed(3) : String(Math.ceil(lengthSec) + 1)];
  const canPack = picture?.demand && !isPart && (audio === undefined || isAac(rule));
  return {
    runs: [
      {
        inputArgs: range.startSec > 0 ? ['-ss', range.startSec.toFixed(3)] : [],
        ffmpegArgs: [
          ...(picture?.inputArgs ?? []),
          ...(joined?.inputArgs ?? []),
          ...streams,
          ...maxSec,
          ...mux,
        ],
        ...limits,
      },
    ],
    ...(canPack && picture.demand
      ? {
          packing: {
            demand: {
              pictures: [picture.demand],
              sounds: audio ? [{ rule: rule.AudioTemplate ?? {}, container }] : [],
            },
            run: (files) => ({ ...packArguments(files, mux), ...limits }),
          },
        }
      : {}),
    inputs: picture?.files ?? {},
    ...(joined ? { links: joined.links } : {}),
    collect: (made) =>
      container === 'hls'
        ? collectHls(made, fileName, { length, hasPicture: !isAudioOnly, hasSound })
        : collectFile(made, fileName, {
            length,
            hasSound,
            size: picture?.size,
            codec: options.isRemux || isAudioOnly ? undefined : codecOf(rule.VideoTemplate ?? {}),
          }),
  };
}

interface JoinedWork {
  readonly inputArgs: readonly string[];
  readonly args: readonly string[];
  readonly links: Readonly<Record<string, string>>;
  readonly addedSec: number;
  readonly hasSound: boolean;
}

/** Undefined without heads and tails. */
function joinHeadTails(
  source: SourceInfo,
  rule: TranscodeRule,
  film: {
    readonly picture: PictureArguments | undefined;
    readonly audio: AudioStreamInfo | undefined;
    readonly filmSec: number;
  },
  options: VideoWorkOptions,
): JoinedWork | undefined {
  const clips = source.display ? chooseClips(options.headTails ?? [], source.display) : undefined;
  if (!clips) return undefined;
  if (options.isRemux) throw unsupported('heads and tails cannot be joined without encoding');
  const { picture, audio, filmSec } = film;
  const sounding = [...clips.heads, ...clips.tails].some((clip) => pickAudio(clip.source.audio));
  const hasSound = rule.RemoveAudio !== 1 && (audio !== undefined || sounding);
  const template = rule.AudioTemplate ?? {};
  const sound = hasSound ? { index: audio?.index, rule: template } : undefined;
  const { size, output, fps = 0 } = picture ?? {};
  const whole = joinClips(clips, {
    picture: size && output ? { label: output, size, fps } : undefined,
    sound,
    lengthSec: filmSec,
    firstInput: 1 + (picture?.inputArgs.filter((argument) => argument === '-i').length ?? 0),
    canToneMap: options.canToneMap,
  });
  const chains = [...(picture?.chains ?? []), ...whole.chains];
  const channels = template.AudioChannel || 2;
  const encoder = { index: 0, channels, container: rule.Container };
  return {
    inputArgs: whole.inputArgs,
    links: whole.links,
    addedSec: clips.lengthSec,
    hasSound,
    args: [
      ...(picture ? pictureStream(picture, chains, 'joined') : ['-filter_complex', chains.join(';')]),
      ...(sound ? ['-map', '[joinedsound]', ...audioEncoderArguments(template, encoder, options)] : []),
    ],
  };
}

function pictureStream({ encoder }: PictureArguments, chains: readonly string[], output: string): string[] {
  return chains.length === 0
    ? ['-map', output, ...encoder]
    : ['-filter_complex', chains.join(';'), '-map', `[${output}]`, ...encoder];
}

/** Sound that goes from MP4 into every container of video. */
function isAac({ AudioTemplate }: TranscodeRule): boolean {
  return ['', 'aac', 'libfdk_aac'].includes(AudioTemplate?.Codec ?? '');
}

/** The file name of a rendition, as the cloud's (observed). */
export function mainName(definition: number, container: string): string {
  return `v.f${definition}.${container === 'hls' ? 'm3u8' : container}`;
}

interface PictureArguments {
  readonly inputArgs: readonly string[];
  /** Of the filter graph, up to the label `output`; none: `output` is a stream as it is. */
  readonly chains: readonly string[];
  readonly output: string;
  readonly encoder: readonly string[];
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly size: PixelSize | undefined;
  readonly fps?: number;
  /** Set when the picture needs no more than a scale. */
  readonly demand?: PictureDemand | undefined;
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
  // Heads and tails are seldom HDR: what is joined is not.
  const hdr = options.headTails?.length ? undefined : preservedHdr(video, template);
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
  const burnt = burnSubtitles(
    options.subtitles ?? [],
    { from: marks.label, frame: size, startSec: options.range.startSec },
    options.canBurnSubtitles ?? false,
  );
  const tehd = rule.TEHDConfig?.Type && rule.TEHDConfig.Type !== 'OFF' ? rule.TEHDConfig : undefined;
  const isPlain =
    hdr === undefined &&
    mosaics.chains.length === 0 &&
    marks.chains.length === 0 &&
    burnt.chains.length === 0 &&
    !options.headTails?.length &&
    codecOf(template) !== 'av1' &&
    isInProportion(source.display, size);
  return {
    inputArgs: marks.inputArgs,
    files: { ...marks.files, ...burnt.files },
    size,
    fps: Number(fps.toFixed(6)),
    ...(isPlain ? { demand: { size, fps: Number(fps.toFixed(6)), rule: template, tehd } } : {}),
    chains: [base, ...mosaics.chains, ...marks.chains, ...burnt.chains],
    output: burnt.label,
    encoder: videoStreamArguments(template, { index: 0, fps, tehd, hdr }, options),
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
  const encoder = ['-c:v', 'copy', ...tag];
  return { inputArgs: [], chains: [], output: `0:${index}`, encoder, files: {}, size: undefined };
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
