import { randomBytes } from 'node:crypto';
import type { PixelSize } from '@vodstack/protocol';
import { NO_METADATA } from '../encoder-arguments.ts';
import { buildFilterGraph } from '../filter-graph.ts';
import type { AudioStreamInfo, SourceInfo } from '../source-info.ts';
import type { PictureDemand, SoundDemand } from '../stream-demand.ts';
import { type BurntSubtitles, burnSubtitles } from './burnt-subtitles.ts';
import { collectAdaptiveDash, collectAdaptiveHls } from './collect-adaptive.ts';
import { fitOf, frameSize, isInProportion } from './frame-size.ts';
import { packArguments } from './pack.ts';
import { type PictureSource, prepareFilters, requirePicture } from './picture-source.ts';
import {
  type AudioRule,
  audioStreamArguments,
  codecOf,
  pickAudio,
  type StreamOptions,
  unsupported,
  usableAudio,
  type VideoRule,
  videoStreamArguments,
} from './stream-arguments.ts';
import { subtitleFiles } from './subtitle-renditions.ts';
import type { SubtitleTrack } from './subtitle-track.ts';
import { sourceFps } from './video-work.ts';
import { type DrawingSkills, drawWatermarks, type Watermark } from './watermark.ts';
import type { ContentKey, Work } from './work.ts';

export interface StreamRule {
  readonly Video?: VideoRule | undefined;
  readonly Audio?: AudioRule | undefined;
  readonly RemoveAudio?: number | undefined;
  readonly RemoveVideo?: number | undefined;
}

/** What an adaptive template says (AdaptiveDynamicStreamingTemplate). */
export interface AdaptiveRule {
  readonly Format: string;
  readonly DrmType?: string | undefined;
  readonly StreamInfos: readonly StreamRule[];
  readonly DisableHigherVideoBitrate?: number | undefined;
  readonly DisableHigherVideoResolution?: number | undefined;
  readonly SegmentType?: string | undefined;
  readonly SegmentDuration?: number | undefined;
}

export interface AdaptiveOptions extends StreamOptions, DrawingSkills {
  readonly definition: number;
  readonly fileId: string;
  readonly canToneMap: boolean;
  readonly watermarks?: readonly Watermark[] | undefined;
  readonly burnt?: readonly BurntSubtitles[] | undefined;
  /** Players choose among these. */
  readonly tracks?: readonly SubtitleTrack[] | undefined;
}

interface Rung {
  readonly rule: StreamRule;
  /** Null for a stream of sound alone. */
  readonly size: PixelSize | null;
  readonly hasSound: boolean;
}

const DEFAULT_SEGMENT_SEC = 6;

/** All rungs of an adaptive result by one ffmpeg: one decode, a cascade of scales, keyframes at the same times everywhere. */
export function planAdaptive(info: SourceInfo, rule: AdaptiveRule, options: AdaptiveOptions): Work {
  const source = requirePicture(info);
  const rungs = pickRungs(source, rule);
  const isDash = rule.Format.toUpperCase().includes('DASH');
  const drmType = rule.DrmType ?? '';
  if (drmType !== '' && (drmType !== 'SimpleAES' || isDash || (isFmp4(rule) && isSingleFile(rule)))) {
    throw unsupported(`a result cannot be encrypted with ${drmType} in this format here`);
  }
  const picture = pictureArguments(source, rungs, options);
  const voices = pickVoices(source, rungs);
  const sound = soundArguments(source, rungs, { isDash, voices, ...options });
  const contentKey = drmType === 'SimpleAES' ? newContentKey() : undefined;
  const fileName = `adp.${options.definition}.${isDash ? 'mpd' : 'm3u8'}`;
  const mux = [
    ...NO_METADATA,
    ...(isDash
      ? [
          ...aspectArguments(source, rungs),
          ...voices.flatMap(languageArguments),
          ...dashArguments(rule, rungs, { ...options, sounds: voices.length || (sound.length > 0 ? 1 : 0) }),
        ]
      : hlsArguments(rule, rungs, {
          ...options,
          voices,
          isEncrypted: contentKey !== undefined && !isFmp4(rule),
        })),
    isDash ? fileName : `video_${options.definition}_%v.m3u8`,
  ];
  const codecs = rungs.flatMap((rung) => (rung.size ? [codecOf(rung.rule.Video ?? {})] : []));
  const limits = { expected: { fileSec: source.durationSec }, maxOutputBytes: 2 ** 40 };
  const maxSec = ['-t', String(Math.ceil(source.durationSec) + 1)];
  return {
    runs: [{ ffmpegArgs: [...picture.inputArgs, ...picture.args, ...sound, ...maxSec, ...mux], ...limits }],
    // Of the sounds the shared run encodes one.
    ...(picture.demands && voices.length === 0
      ? {
          packing: {
            demand: { pictures: picture.demands, sounds: soundDemands(source, rungs, isDash) },
            run: (files) => ({ ...packArguments(files, mux, isDash ? [] : codecs), ...limits }),
          },
        }
      : {}),
    inputs: { ...picture.files, ...(contentKey ? keyFiles(contentKey, options.fileId) : {}) },
    ...(contentKey ? { contentKey } : {}),
    collect: (made) => {
      const { definition, tracks = [] } = options;
      const subtitles = subtitleFiles(tracks, definition);
      const startTicks = isFmp4(rule) ? 0 : TS_START_TICKS;
      const ownKey = isFmp4(rule) ? contentKey : undefined;
      const keyUri = contentKey && keyUriOf(contentKey, options.fileId);
      const encryption = ownKey && keyUri ? { contentKey: ownKey, keyUri } : undefined;
      const result = {
        source,
        rungs,
        voices,
        fileName,
        drmType,
        definition,
        subtitles,
        startTicks,
        encryption,
      };
      return isDash ? collectAdaptiveDash(made, result) : collectAdaptiveHls(made, result);
    },
  };
}

/** Several sounds to choose from, the default one first; none where each stream has the one sound in itself. */
function pickVoices(source: PictureSource, rungs: readonly Rung[]): AudioStreamInfo[] {
  const usable = usableAudio(source.audio);
  const isForAll = rungs.every(({ size, hasSound }) => size !== null && hasSound);
  if (usable.length < 2 || !isForAll) return [];
  const main = pickAudio(source.audio);
  return [...usable.filter((stream) => stream === main), ...usable.filter((stream) => stream !== main)];
}

/** Only what is a language goes into a command. */
function languageOf({ language = '' }: AudioStreamInfo): string | undefined {
  return /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language) ? language : undefined;
}

function languageArguments(voice: AudioStreamInfo, index: number): string[] {
  const language = languageOf(voice);
  return language ? [`-metadata:s:a:${index}`, `language=${language}`] : [];
}

/** Without rungs that would only enlarge the source where the template forbids it; the lowest one always stays, no larger than the source. */
function pickRungs(source: PictureSource, template: AdaptiveRule): Rung[] {
  const { display } = source;
  const hasSound = pickAudio(source.audio) !== undefined;
  const all = template.StreamInfos.flatMap((rule): Rung[] => {
    const withSound = hasSound && rule.RemoveAudio !== 1;
    if (rule.RemoveVideo === 1) return withSound ? [{ rule, size: null, hasSound: true }] : [];
    return [{ rule, size: frameSize(display, rule.Video ?? {}), hasSound: withSound }];
  });
  const kept = all.filter(({ rule, size }) => {
    if (size === null) return true;
    const isLarger = shortSide(size) > shortSide(display);
    const isRicher =
      (rule.Video?.Bitrate ?? 0) * 1000 > source.video.bitrateBps && source.video.bitrateBps > 0;
    return !(
      (template.DisableHigherVideoResolution === 1 && isLarger) ||
      (template.DisableHigherVideoBitrate === 1 && isRicher)
    );
  });
  if (kept.some(({ size }) => size !== null)) return kept;
  const lowest = all
    .filter(({ size }) => size !== null)
    .toSorted((a, b) => shortSide(a.size ?? display) - shortSide(b.size ?? display))[0];
  if (lowest === undefined) throw unsupported('the template has no stream with a picture');
  const isTooLarge = lowest.size !== null && shortSide(lowest.size) > shortSide(display);
  const isCapped = template.DisableHigherVideoResolution === 1 && isTooLarge;
  return [isCapped ? { ...lowest, size: frameSize(display, {}) } : lowest, ...kept];
}

function shortSide({ width, height }: PixelSize): number {
  return Math.min(width, height);
}

function pictureArguments(
  source: PictureSource,
  rungs: readonly Rung[],
  options: AdaptiveOptions,
): {
  inputArgs: readonly string[];
  args: readonly string[];
  files: Readonly<Record<string, string | Buffer>>;
  /** Undefined when the pictures need more than a scale. */
  demands: readonly PictureDemand[] | undefined;
} {
  const moving = rungs.flatMap(({ rule, size }) => (size ? [{ rule: rule.Video ?? {}, size }] : []));
  // The rate of the first stream is that of all, or players could not change between them (template documentation).
  const fps = Number((moving[0]?.rule.Fps || sourceFps(source.video.fps)).toFixed(6));
  const outputs = moving.map(({ size }, i) => ({ ...size, label: `v${i}`, fps }));
  const marks = drawWatermarks(
    options.watermarks ?? [],
    { from: 'base', frame: source.display, durationSec: source.durationSec },
    options,
  );
  const burnt = burnSubtitles(
    options.burnt ?? [],
    { from: marks.label, frame: source.display, startSec: 0 },
    options.canBurnSubtitles ?? false,
  );
  const drawn = [...marks.chains, ...burnt.chains];
  const isPlain = drawn.length === 0 && moving.every(({ rule }) => !(rule.Width && rule.Height));
  const graph = isPlain
    ? buildFilterGraph(source, outputs, options)
    : [
        `[0:${source.video.index}]${baseFilters(source, fps, options.canToneMap)}[base]`,
        ...drawn,
        `[${burnt.label}]split=${moving.length}${moving.map((_, i) => `[r${i}]`).join('')}`,
        ...moving.map(
          ({ rule, size }, i) =>
            `[r${i}]${fitOf(source.display, size, rule, String(i))},format=yuv420p[v${i}]`,
        ),
      ].join(';');
  const demands = moving.map(({ rule, size }) => {
    // Keyframes must stand at the same times in all streams: two seconds apart, whatever each rung says of its own.
    const { Gop: _, ...rest } = rule;
    return { size, fps, rule: rest };
  });
  const encoders = demands.flatMap(({ rule }, index) => videoStreamArguments(rule, { index, fps }, options));
  return {
    inputArgs: marks.inputArgs,
    files: { ...marks.files, ...burnt.files },
    demands: isPlain ? demands : undefined,
    args: ['-filter_complex', graph, ...outputs.flatMap(({ label }) => ['-map', `[${label}]`]), ...encoders],
  };
}

/** What is drawn upon has the size that is shown. */
function baseFilters({ video, display, ...source }: PictureSource, fps: number, canToneMap: boolean): string {
  const even = { ...source, display, video: { ...video, isInterlaced: false } };
  return [
    ...(video.isInterlaced ? ['bwdif=mode=send_frame:deint=interlaced'] : []),
    `fps=${fps}:start_time=0`,
    ...prepareFilters(even, canToneMap),
    `scale=${display.width}:${display.height}`,
    'setsar=1',
    'format=yuv420p',
  ].join(',');
}

/** HLS has the sound in each stream; DASH has it once. */
function soundDemands(source: PictureSource, rungs: readonly Rung[], isDash: boolean): SoundDemand[] {
  if (pickAudio(source.audio) === undefined) return [];
  const sounding = rungs.filter(({ hasSound }) => hasSound);
  const wanted = isDash ? sounding.slice(0, 1) : sounding;
  return wanted.map(({ rule }) => ({ rule: rule.Audio ?? {}, container: 'hls' }));
}

function soundArguments(
  source: PictureSource,
  rungs: readonly Rung[],
  options: AdaptiveOptions & { readonly isDash: boolean; readonly voices: readonly AudioStreamInfo[] },
): string[] {
  const audio = pickAudio(source.audio);
  if (audio === undefined) return [];
  if (options.voices.length > 0) {
    const rule = rungs[0]?.rule.Audio ?? {};
    return options.voices.flatMap((voice, index) => [
      '-map',
      `0:${voice.index}`,
      ...audioStreamArguments(rule, { index, source: voice, container: 'hls' }, options),
    ]);
  }
  return soundDemands(source, rungs, options.isDash).flatMap(({ rule, container }, index) => [
    '-map',
    `0:${audio.index}`,
    ...audioStreamArguments(rule, { index, source: audio, container }, options),
  ]);
}

function isFmp4({ SegmentType = '' }: AdaptiveRule): boolean {
  return SegmentType.startsWith('mp4') || SegmentType === 'fmp4';
}

function isSingleFile({ SegmentType = '' }: AdaptiveRule): boolean {
  return SegmentType.endsWith('byterange');
}

function hlsArguments(
  rule: AdaptiveRule,
  rungs: readonly Rung[],
  options: { definition: number; isEncrypted: boolean; voices: readonly AudioStreamInfo[] },
): string[] {
  const { voices } = options;
  const stem = `video_${options.definition}_%v`;
  const isOneFile = isSingleFile(rule);
  const extension = isFmp4(rule) ? 'm4s' : 'ts';
  // ffmpeg puts the number in only where there are several.
  const init = `${rungs.length + voices.length > 1 ? stem : stem.replace('%v', '0')}_init.mp4`;
  let video = 0;
  let audio = 0;
  const muxed = rungs.map(({ size, hasSound }) =>
    [...(size ? [`v:${video++}`] : []), ...(hasSound ? [`a:${audio++}`] : [])].join(','),
  );
  const apart = [
    ...rungs.map((_, i) => `v:${i},agroup:sound`),
    ...voices.map((voice, i) => {
      const language = languageOf(voice);
      return `a:${i},agroup:sound${language ? `,language:${language}` : ''}${i === 0 ? ',default:yes' : ''}`;
    }),
  ];
  const map = voices.length > 0 ? apart : muxed;
  return [
    '-f',
    'hls',
    '-hls_time',
    String(rule.SegmentDuration || DEFAULT_SEGMENT_SEC),
    '-hls_playlist_type',
    'vod',
    '-hls_segment_type',
    isFmp4(rule) ? 'fmp4' : 'mpegts',
    ...(isFmp4(rule) ? ['-hls_fmp4_init_filename', init] : []),
    ...(options.isEncrypted ? ['-hls_key_info_file', KEY_INFO] : []),
    '-hls_flags',
    `independent_segments${isOneFile ? '+single_file' : ''}`,
    '-hls_segment_filename',
    isOneFile ? `${stem}.${extension}` : `${stem}_%d.${extension}`,
    '-master_pl_name',
    `adp.${options.definition}.m3u8`,
    '-var_stream_map',
    map.join(' '),
  ];
}

/** Sides are even numbers, so that shapes differ by a hair; DASH wants one shape for all that players change between (ISO/IEC 23009-1 5.3.3). */
function aspectArguments({ display }: PictureSource, rungs: readonly Rung[]): string[] {
  const isOneShape = rungs.every(({ size }) => size === null || isInProportion(display, size));
  return isOneShape ? ['-aspect:v', `${display.width}:${display.height}`] : [];
}

function dashArguments(
  rule: AdaptiveRule,
  rungs: readonly Rung[],
  { definition, sounds }: { definition: number; sounds: number },
): string[] {
  const moving = rungs.filter(({ size }) => size !== null).length;
  // One set for all pictures, and one for each sound: players change within a set by themselves, between sets as told.
  const sets = Array.from({ length: sounds }, (_, i) => ` id=${i + 1},streams=${moving + i}`);
  const stem = `video_${definition}_$RepresentationID$`;
  return [
    '-f',
    'dash',
    '-seg_duration',
    String(rule.SegmentDuration || DEFAULT_SEGMENT_SEC),
    '-use_template',
    '1',
    '-use_timeline',
    '1',
    '-adaptation_sets',
    `id=0,streams=v${sets.join('')}`,
    '-init_seg_name',
    `${stem}_init.m4s`,
    '-media_seg_name',
    `${stem}_$Number$.m4s`,
  ];
}

/** Where ffmpeg's MPEG-TS begins: 1.4 s, in ticks of a 90,000th. */
export const TS_START_TICKS = 126_000;

const KEY_INFO = 'key.info';
const KEY_FILE = 'content.key';

function newContentKey(): ContentKey {
  return { keyId: randomBytes(16).toString('hex'), key: randomBytes(16) };
}

/** What ffmpeg reads: the address that players fetch the key from, and the file it reads the key from itself. */
function keyFiles(contentKey: ContentKey, fileId: string): Record<string, string | Buffer> {
  return { [KEY_INFO]: `${keyUriOf(contentKey, fileId)}\n${KEY_FILE}\n`, [KEY_FILE]: contentKey.key };
}

function keyUriOf({ keyId }: ContentKey, fileId: string): string {
  return `/drm/getkey?fileId=${fileId}&keyId=${keyId}`;
}
