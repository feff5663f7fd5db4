import { randomBytes } from 'node:crypto';
import type { PixelSize } from '@vodstack/protocol';
import { NO_METADATA } from '../encoder-arguments.ts';
import { buildFilterGraph } from '../filter-graph.ts';
import type { SourceInfo } from '../source-info.ts';
import { fitOf, frameSize } from './frame-size.ts';
import { type PictureSource, requirePicture } from './picture-source.ts';
import { playlistFiles, playlistSec, sumSizes } from './playlist.ts';
import {
  type AudioRule,
  audioStreamArguments,
  pickAudio,
  type StreamOptions,
  unsupported,
  type VideoRule,
  videoStreamArguments,
} from './stream-arguments.ts';
import { assertLength, lengthBounds, sourceFps } from './video-work.ts';
import { type DrawingSkills, drawWatermarks, type Watermark } from './watermark.ts';
import type { ContentKey, MadeFolder, SubStream, Work, WorkYield } from './work.ts';

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
  if (drmType !== '' && (drmType !== 'SimpleAES' || isDash || isFmp4(rule))) {
    throw unsupported(`a result cannot be encrypted with ${drmType} in this format here`);
  }
  const picture = pictureArguments(source, rungs, options);
  const sound = soundArguments(source, rungs, { isDash, ...options });
  const contentKey = drmType === 'SimpleAES' ? newContentKey() : undefined;
  const fileName = `adp.${options.definition}.${isDash ? 'mpd' : 'm3u8'}`;
  const mux = isDash
    ? dashArguments(rule, options.definition, sound.length > 0)
    : hlsArguments(rule, rungs, { definition: options.definition, isEncrypted: contentKey !== undefined });
  return {
    runs: [
      {
        ffmpegArgs: [
          ...picture.inputArgs,
          ...picture.args,
          ...sound,
          ...NO_METADATA,
          '-t',
          String(Math.ceil(source.durationSec) + 1),
          ...mux,
          isDash ? fileName : `video_${options.definition}_%v.m3u8`,
        ],
        expected: { fileSec: source.durationSec },
        maxOutputBytes: 2 ** 40,
      },
    ],
    inputs: { ...picture.files, ...(contentKey ? keyFiles(contentKey, options.fileId) : {}) },
    ...(contentKey ? { contentKey } : {}),
    collect: (made) => {
      const result = { source, rungs, fileName, drmType, definition: options.definition };
      return isDash ? collectDash(made, result) : collectHls(made, result);
    },
  };
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
  const isPlain = marks.chains.length === 0 && moving.every(({ rule }) => !(rule.Width && rule.Height));
  const graph = isPlain
    ? buildFilterGraph(source, outputs, options)
    : [
        `[0:${source.video.index}]fps=${fps}:start_time=0,format=yuv420p[base]`,
        ...marks.chains,
        `[${marks.label}]split=${moving.length}${moving.map((_, i) => `[r${i}]`).join('')}`,
        ...moving.map(
          ({ rule, size }, i) =>
            `[r${i}]${fitOf(source.display, size, rule, String(i))},format=yuv420p[v${i}]`,
        ),
      ].join(';');
  const encoders = moving.flatMap(({ rule }, index) => {
    // Keyframes must stand at the same times in all streams: two seconds apart, whatever each rung says of its own.
    const { Gop: _, ...rest } = rule;
    return videoStreamArguments(rest, { index, fps }, options);
  });
  return {
    inputArgs: marks.inputArgs,
    files: marks.files,
    args: ['-filter_complex', graph, ...outputs.flatMap(({ label }) => ['-map', `[${label}]`]), ...encoders],
  };
}

/** HLS has the sound in each stream; DASH has it once. */
function soundArguments(
  source: PictureSource,
  rungs: readonly Rung[],
  options: AdaptiveOptions & { readonly isDash: boolean },
): string[] {
  const audio = pickAudio(source.audio);
  const sounding = rungs.filter(({ hasSound }) => hasSound);
  if (audio === undefined) return [];
  return (options.isDash ? sounding.slice(0, 1) : sounding).flatMap(({ rule }, index) => [
    '-map',
    `0:${audio.index}`,
    ...audioStreamArguments(rule.Audio ?? {}, { index, source: audio, container: 'hls' }, options),
  ]);
}

function isFmp4({ SegmentType = '' }: AdaptiveRule): boolean {
  return SegmentType.startsWith('mp4') || SegmentType === 'fmp4';
}

function hlsArguments(
  rule: AdaptiveRule,
  rungs: readonly Rung[],
  options: { definition: number; isEncrypted: boolean },
): string[] {
  const stem = `video_${options.definition}_%v`;
  const isSingleFile = (rule.SegmentType ?? '').endsWith('byterange');
  const extension = isFmp4(rule) ? 'm4s' : 'ts';
  // ffmpeg puts the number in only where there are several.
  const init = `${rungs.length > 1 ? stem : stem.replace('%v', '0')}_init.mp4`;
  let video = 0;
  let audio = 0;
  const map = rungs.map(({ size, hasSound }) =>
    [...(size ? [`v:${video++}`] : []), ...(hasSound ? [`a:${audio++}`] : [])].join(','),
  );
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
    `independent_segments${isSingleFile ? '+single_file' : ''}`,
    '-hls_segment_filename',
    isSingleFile ? `${stem}.${extension}` : `${stem}_%d.${extension}`,
    '-master_pl_name',
    `adp.${options.definition}.m3u8`,
    '-var_stream_map',
    map.join(' '),
  ];
}

function dashArguments(rule: AdaptiveRule, definition: number, hasSound: boolean): string[] {
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
    `id=0,streams=v${hasSound ? ' id=1,streams=a' : ''}`,
    '-init_seg_name',
    `${stem}_init.m4s`,
    '-media_seg_name',
    `${stem}_$Number$.m4s`,
  ];
}

const KEY_INFO = 'key.info';
const KEY_FILE = 'content.key';

function newContentKey(): ContentKey {
  return { keyId: randomBytes(16).toString('hex'), key: randomBytes(16) };
}

/** What ffmpeg reads: the address that players fetch the key from, and the file it reads the key from itself. */
function keyFiles({ keyId, key }: ContentKey, fileId: string): Record<string, string | Buffer> {
  return { [KEY_INFO]: `/drm/getkey?fileId=${fileId}&keyId=${keyId}\n${KEY_FILE}\n`, [KEY_FILE]: key };
}

interface Result {
  readonly source: PictureSource;
  readonly rungs: readonly Rung[];
  readonly fileName: string;
  readonly drmType: string;
  readonly definition: number;
}

async function collectHls(made: MadeFolder, result: Result): Promise<WorkYield> {
  const fileNames = [result.fileName];
  const subStreams: SubStream[] = [];
  for (const [i, rung] of result.rungs.entries()) {
    const name = `video_${result.definition}_${i}.m3u8`;
    const text = await made.readText(name);
    assertWhole(playlistSec(text), result.source);
    const files = [name, ...playlistFiles(text)];
    fileNames.push(...files);
    subStreams.push(toSubStream(rung, await sumSizes(made, files)));
  }
  const sizeBytes = await sumSizes(made, fileNames);
  return { fileNames, details: { package: 'HLS', drmType: result.drmType, sizeBytes, subStreams } };
}

async function collectDash(made: MadeFolder, result: Result): Promise<WorkYield> {
  const text = await made.readText(result.fileName);
  assertWhole(readDashSec(text), result.source);
  const stem = `video_${result.definition}_`;
  const segments = made.names.filter((name) => name.startsWith(stem));
  const moving = result.rungs.filter(({ size }) => size !== null);
  const subStreams: SubStream[] = [];
  for (const [i, rung] of moving.entries()) {
    const own = segments.filter((name) => name.startsWith(`${stem}${i}_`));
    subStreams.push(toSubStream(rung, await sumSizes(made, own)));
  }
  const sound = segments.filter((name) => name.startsWith(`${stem}${moving.length}_`));
  if (sound.length > 0) {
    subStreams.push({ type: 'audio', width: 0, height: 0, sizeBytes: await sumSizes(made, sound) });
  }
  const fileNames = [result.fileName, ...segments];
  const sizeBytes = await sumSizes(made, fileNames);
  return { fileNames, details: { package: 'DASH', drmType: '', sizeBytes, subStreams } };
}

function toSubStream({ size }: Rung, sizeBytes: number): SubStream {
  return size === null
    ? { type: 'audio', width: 0, height: 0, sizeBytes }
    : { type: 'video', ...size, sizeBytes };
}

/** `PT1H2M3.4S` of mediaPresentationDuration (ISO 8601 duration). */
function readDashSec(text: string): number {
  const [, hours = '0', minutes = '0', seconds = '0'] =
    /mediaPresentationDuration="PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?"/.exec(text) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function assertWhole(gotSec: number, source: PictureSource): void {
  assertLength(gotSec, lengthBounds(source, { startSec: 0, endSec: source.durationSec }, undefined, false));
}
