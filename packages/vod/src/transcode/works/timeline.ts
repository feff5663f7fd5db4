import type { PixelSize } from '@vodstack/protocol';
import { NO_METADATA } from '../encoder-arguments.ts';
import { guardedInput, guardedPicture } from '../input-guard.ts';
import type { SourceInfo } from '../source-info.ts';
import { prepareFilters, requirePicture } from './picture-source.ts';
import {
  audioEncoderArguments,
  pickAudio,
  type StreamOptions,
  videoStreamArguments,
} from './stream-arguments.ts';
import { collectFile, collectHls } from './collect-video.ts';
import { muxArguments, type TranscodeRule } from './video-work.ts';
import type { Work } from './work.ts';

/** A piece of a file, at its time and place in what is composed. Times in seconds, lengths in pixels. */
export interface TimelineItem {
  readonly path: string;
  /** Null for a picture that stands still. */
  readonly source: SourceInfo | null;
  readonly startSec: number;
  /** How long it is seen or heard. */
  readonly shownSec: number;
  /** What of the source that is; played faster or slower when it is not as long as `shownSec`. */
  readonly fromSec: number;
  readonly takenSec: number;
  readonly picture?: PicturePlace | undefined;
  readonly sound?:
    | { readonly gain: number; readonly fadeInSec: number; readonly fadeOutSec: number }
    | undefined;
}

export interface PicturePlace {
  /** A side of 0 follows from the other one; both 0: the picture's own size. */
  readonly size: PixelSize;
  /** Whether the picture keeps its proportion inside `size`. */
  readonly isFitted: boolean;
  /** From the middle of the canvas to the middle of the picture. */
  readonly dx: number;
  readonly dy: number;
  /** Rotation in degrees clockwise, and mirrors, in their order. */
  readonly turns: readonly (number | 'horizontal' | 'vertical')[];
  readonly fadeInSec: number;
  /** How it comes in, by ffmpeg's name of it; absent: it fades. */
  readonly transition?: string | undefined;
}

export interface Timeline {
  /** Later ones lie over earlier ones; sounds are mixed. */
  readonly items: readonly TimelineItem[];
  readonly durationSec: number;
  /** Null when there is nothing but sound. */
  readonly canvas: (PixelSize & { readonly color: 'black' | 'white'; readonly fps: number }) | null;
  readonly hasSound: boolean;
}

export interface TimelineOptions extends StreamOptions {
  readonly canToneMap: boolean;
}

const MIX_RATE = 48_000;
/** With more inputs than these each decoder gets one thread: their buffers would not fit into memory. */
const THREADED_INPUTS = 8;

/** One file of many pieces, by one ffmpeg: every piece is laid over a canvas and mixed into silence of the whole length. */
export function planTimeline(timeline: Timeline, rule: TranscodeRule, options: TimelineOptions): Work {
  const { items, canvas, durationSec } = timeline;
  const fileName = `f0.${rule.Container === 'hls' ? 'm3u8' : rule.Container}`;
  const graph = [
    ...(canvas ? pictureChains(timeline, canvas, options.canToneMap) : []),
    ...(timeline.hasSound ? soundChains(timeline) : []),
  ];
  const video = canvas
    ? [
        '-map',
        '[picture]',
        ...videoStreamArguments(
          rule.VideoTemplate ?? {},
          { index: 0, fps: canvas.fps, tehd: tehdOf(rule) },
          options,
        ),
      ]
    : [];
  const audio = timeline.hasSound
    ? [
        '-map',
        '[sound]',
        ...audioEncoderArguments(
          rule.AudioTemplate ?? {},
          { index: 0, channels: 2, container: rule.Container },
          options,
        ),
      ]
    : [];
  const length = { minSec: durationSec, maxSec: durationSec };
  return {
    runs: [
      {
        inputs: items.flatMap((item) => inputArguments(item, items.length)),
        ffmpegArgs: [
          ['-filter_complex', graph.join(';'), ...video, ...audio, ...NO_METADATA],
          ['-t', durationSec.toFixed(3), ...muxArguments(rule, 0), fileName],
        ].flat(),
        expected: { fileSec: durationSec },
        maxOutputBytes: 2 ** 40,
      },
    ],
    collect: (made) =>
      rule.Container === 'hls'
        ? collectHls(made, fileName, { length, hasPicture: canvas !== null, hasSound: timeline.hasSound })
        : collectFile(made, fileName, {
            length,
            hasSound: timeline.hasSound,
            size: canvas ?? undefined,
            codec: undefined,
          }),
  };
}

function tehdOf({ TEHDConfig }: TranscodeRule): (TranscodeRule['TEHDConfig'] & object) | undefined {
  return TEHDConfig?.Type && TEHDConfig.Type !== 'OFF' ? TEHDConfig : undefined;
}

function inputArguments({ path, source, fromSec, takenSec }: TimelineItem, count: number): string[] {
  if (source === null) return guardedPicture(path);
  const threads = count > THREADED_INPUTS ? ['-threads', '1'] : [];
  return [...threads, '-ss', fromSec.toFixed(3), '-t', takenSec.toFixed(3), ...guardedInput(path)];
}

function pictureChains(
  { items, durationSec }: Timeline,
  canvas: NonNullable<Timeline['canvas']>,
  canToneMap: boolean,
): string[] {
  const { width, height, color, fps } = canvas;
  const rate = Number(fps.toFixed(6));
  const chains = [
    `color=c=${color}:s=${width}x${height}:r=${rate}:d=${durationSec.toFixed(3)},format=yuv420p[layer]`,
  ];
  let under = 'layer';
  for (const [index, item] of items.entries()) {
    const { picture, startSec, shownSec } = item;
    if (!picture) continue;
    const over = `over${index}`;
    const x = `(W-w)/2+${Math.round(picture.dx)}`;
    const y = `(H-h)/2+${Math.round(picture.dy)}`;
    const time = `gte(t\\,${startSec.toFixed(3)})*lt(t\\,${(startSec + shownSec).toFixed(3)})`;
    chains.push(
      ...pieceChains(item, picture, { index, rate, canToneMap }),
      `[${under}][${over}]overlay=x=${x}:y=${y}:eof_action=repeat:enable=${time}[layer${index}]`,
    );
    under = `layer${index}`;
  }
  return [...chains, `[${under}]format=yuv420p,setsar=1[picture]`];
}

function entryOf({ source }: TimelineItem, index: number): string {
  return source ? `[${index}:${requirePicture(source).video.index}]` : `[${index}:v]`;
}

/** To the label `over{index}`, at its time. */
function pieceChains(
  item: TimelineItem,
  picture: PicturePlace,
  options: { index: number; rate: number; canToneMap: boolean },
): string[] {
  const { index, rate } = options;
  const size = knownSize(picture, item.source);
  const isChanging = picture.transition !== undefined && picture.fadeInSec > 0 && size !== undefined;
  const shown = isChanging ? { ...picture, fadeInSec: 0 } : picture;
  const filters = pieceFilters(item, shown, options);
  const start = `setpts=PTS+${item.startSec.toFixed(3)}/TB[over${index}]`;
  if (!isChanging) return [`${entryOf(item, index)}${[...filters, start].join(',')}`];
  // From nothing to the piece: what lies below it is seen where nothing is.
  const sec = picture.fadeInSec.toFixed(3);
  const nothing = `color=c=black@0.0:s=${size.width}x${size.height}:r=${rate}:d=${sec}`;
  return [
    `${entryOf(item, index)}${[...filters, 'format=yuva420p', 'settb=AVTB'].join(',')}[coming${index}]`,
    `${nothing},format=yuva420p,settb=AVTB[nothing${index}]`,
    `[nothing${index}][coming${index}]xfade=${picture.transition}:duration=${sec}:offset=0,${start}`,
  ];
}

/** Undefined where it follows from the picture alone, or is turned. */
function knownSize(
  { size, isFitted, turns }: PicturePlace,
  source: SourceInfo | null,
): PixelSize | undefined {
  if (!source?.display || isFitted || turns.length > 0) return undefined;
  if (size.width > 0 && size.height > 0) return size;
  if (size.width === 0 && size.height === 0) return source.display;
  const [width, height] = inProportion(size, source.display);
  return { width, height };
}

function pieceFilters(
  { source, shownSec, takenSec }: TimelineItem,
  picture: PicturePlace,
  { rate, canToneMap }: { rate: number; canToneMap: boolean },
): string[] {
  const speed = shownSec / takenSec;
  const isMoving = source !== null;
  return [
    ...(isMoving && Math.abs(speed - 1) > 0.001 ? [`setpts=PTS*${speed.toFixed(6)}`] : []),
    ...(isMoving ? [`fps=${rate}:start_time=0`, ...prepareFilters(requirePicture(source), canToneMap)] : []),
    ...sizeFilters(picture, source),
    ...(isMoving && picture.fadeInSec === 0 && picture.turns.length === 0 ? [] : ['format=yuva420p']),
    ...picture.turns.map((turn) => {
      if (turn === 'horizontal') return 'hflip';
      if (turn === 'vertical') return 'vflip';
      const angle = `${turn.toFixed(3)}*PI/180`;
      return `rotate=${angle}:ow=rotw(${angle}):oh=roth(${angle}):c=none`;
    }),
    ...(picture.fadeInSec > 0 && isMoving
      ? [`fade=t=in:st=0:d=${picture.fadeInSec.toFixed(3)}:alpha=1`]
      : []),
  ];
}

/** What is stored with oblong pixels is brought to its own shape even where no size is asked for. */
function sizeFilters({ size, isFitted }: PicturePlace, source: SourceInfo | null): string[] {
  const own = source?.display;
  if (size.width > 0 && size.height > 0) {
    const fit = isFitted ? ':force_original_aspect_ratio=decrease' : '';
    return [
      ...(isFitted && own ? [`scale=${own.width}:${own.height}`, 'setsar=1'] : []),
      `scale=${size.width}:${size.height}${fit}:flags=bicubic`,
      'setsar=1',
    ];
  }
  if (size.width > 0 || size.height > 0) {
    const [width, height] = own ? inProportion(size, own) : [size.width || -1, size.height || -1];
    return [`scale=${width}:${height}:flags=bicubic`, 'setsar=1'];
  }
  return own ? [`scale=${own.width}:${own.height}:flags=bicubic`, 'setsar=1'] : ['setsar=1'];
}

function inProportion(size: PixelSize, own: PixelSize): [number, number] {
  return size.width > 0
    ? [size.width, Math.max(1, Math.round((size.width * own.height) / own.width))]
    : [Math.max(1, Math.round((size.height * own.width) / own.height)), size.height];
}

function soundChains({ items, durationSec }: Timeline): string[] {
  const chains = items.flatMap((item, index) => {
    const stream = item.sound && item.source ? pickAudio(item.source.audio) : undefined;
    if (!stream || !item.sound) return [];
    const delay = Math.round(item.startSec * 1000);
    const filters = [
      `aresample=${MIX_RATE}:async=1:first_pts=0`,
      'aformat=channel_layouts=stereo',
      ...tempoFilters(item.takenSec / item.shownSec),
      ...(item.sound.gain === 1 ? [] : [`volume=${item.sound.gain.toFixed(3)}`]),
      ...fadeFilters(item.sound, item.shownSec),
      `atrim=duration=${item.shownSec.toFixed(3)}`,
      `adelay=${delay}|${delay}`,
    ];
    return [`[${index}:${stream.index}]${filters.join(',')}[sound${index}]`];
  });
  const labels = chains.map((chain) => chain.slice(chain.lastIndexOf('[')));
  return [
    `anullsrc=r=${MIX_RATE}:cl=stereo,atrim=duration=${durationSec.toFixed(3)}[silence]`,
    ...chains,
    `[silence]${labels.join('')}amix=inputs=${labels.length + 1}:duration=first:dropout_transition=0:normalize=0[sound]`,
  ];
}

/** One atempo goes from a half to two without losing quality (ffmpeg's own advice): further, by several. */
function tempoFilters(tempo: number): string[] {
  if (Math.abs(tempo - 1) < 0.001) return [];
  if (tempo > 2) return ['atempo=2', ...tempoFilters(tempo / 2)];
  if (tempo < 0.5) return ['atempo=0.5', ...tempoFilters(tempo / 0.5)];
  return [`atempo=${tempo.toFixed(6)}`];
}

function fadeFilters(
  { fadeInSec, fadeOutSec }: NonNullable<TimelineItem['sound']>,
  shownSec: number,
): string[] {
  const out = Math.max(0, shownSec - fadeOutSec).toFixed(3);
  return [
    ...(fadeInSec > 0 ? [`afade=t=in:st=0:d=${fadeInSec.toFixed(3)}`] : []),
    ...(fadeOutSec > 0 ? [`afade=t=out:st=${out}:d=${fadeOutSec.toFixed(3)}`] : []),
  ];
}
