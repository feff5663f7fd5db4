import type { PixelSize } from '@vodstack/protocol';
import { unsupported } from './stream-arguments.ts';
import type { Cue } from './vtt.ts';
import { toPixels } from './watermark.ts';

/** How burnt-in subtitles look (SubtitleInfoInput); lengths are pixels or a share of the picture's height. */
export interface SubtitleStyle {
  readonly FontType?: string | null | undefined;
  readonly FontSize?: string | null | undefined;
  readonly FontColor?: string | null | undefined;
  readonly FontAlpha?: number | null | undefined;
  readonly YPos?: string | null | undefined;
  readonly BoardY?: string | null | undefined;
  readonly BoardWidth?: string | null | undefined;
  readonly BoardHeight?: string | null | undefined;
  readonly BoardColor?: string | null | undefined;
  readonly BoardAlpha?: number | null | undefined;
  readonly Alignment?: string | null | undefined;
  readonly OutlineWidth?: string | null | undefined;
  readonly OutlineColor?: string | null | undefined;
  readonly OutlineAlpha?: number | null | undefined;
  readonly ShadowWidth?: string | null | undefined;
  readonly ShadowColor?: string | null | undefined;
  readonly ShadowAlpha?: number | null | undefined;
}

export interface BurntSubtitles {
  readonly cues: readonly Cue[];
  readonly style: SubtitleStyle;
}

/** The cloud's names of fonts that a machine may have under their own; all others are what fontconfig takes for sans. */
const FONTS: Readonly<Record<string, string>> = {
  'hei.ttf': 'SimHei',
  'song.ttf': 'SimSun',
  'kai.ttf': 'KaiTi',
  'simkai.ttf': 'KaiTi',
  'msyh.ttf': 'Microsoft YaHei',
  'arial.ttf': 'Arial',
  'roboto.ttf': 'Roboto',
  'notosans.ttf': 'Noto Sans',
};

/**
 * Graph parts that draw subtitles over the picture under `from`. They are written anew as ASS, from their times and bare texts:
 * nothing of what a user wrote is read as a format, and no format is guessed.
 */
export function burnSubtitles(
  subtitles: readonly BurntSubtitles[],
  picture: { readonly from: string; readonly frame: PixelSize; readonly startSec: number },
  canBurn: boolean,
): {
  readonly chains: readonly string[];
  readonly label: string;
  readonly files: Readonly<Record<string, string>>;
} {
  if (subtitles.length > 0 && !canBurn)
    throw unsupported('this ffmpeg cannot draw subtitles (it has no libass)');
  let label = picture.from;
  const files: Record<string, string> = {};
  const chains = subtitles.map((own, i) => {
    const name = `subtitles-${i}.ass`;
    files[name] = toAss(own, picture.frame, picture.startSec);
    const chain = `[${label}]ass=filename=${name}[subtitled${i}]`;
    label = `subtitled${i}`;
    return chain;
  });
  return { chains, label, files };
}

/** A script whose times begin at `startSec` of the film. */
export function toAss({ cues, style }: BurntSubtitles, frame: PixelSize, startSec = 0): string {
  const { width, height } = frame;
  const length = (text: string | null | undefined, fallback: number): number =>
    text ? toPixels(text, height) : fallback;
  const outline = length(style.OutlineWidth, height * 0.003);
  const shadow = length(style.ShadowWidth, 0);
  const size = length(style.FontSize, height * 0.05) || height * 0.05;
  const colors = [
    toColor(style.FontColor, '0xFFFFFF', style.FontAlpha ?? 1),
    toColor(null, '0xFFFFFF', 1),
    toColor(style.OutlineColor, '0x000000', style.OutlineAlpha ?? 1),
    toColor(style.ShadowColor, '0x000000', style.ShadowAlpha ?? 1),
  ];
  const font = FONTS[style.FontType ?? ''] ?? 'Sans';
  const y = height - length(style.YPos, height * 0.04);
  const place = `{\\an${style.Alignment === 'top' ? 8 : 2}\\pos(${Math.round(width / 2)},${Math.round(y)})}`;
  const board = toBoard(style, frame);
  const events = cues.flatMap((cue) => {
    const time = `${toClock(cue.startSec - startSec)},${toClock(cue.endSec - startSec)}`;
    if (cue.endSec <= startSec) return [];
    return [
      ...(board ? [`Dialogue: 0,${time},Plain,,0,0,0,,${board}`] : []),
      `Dialogue: 1,${time},Plain,,0,0,0,,${place}${escapeText(cue.text)}`,
    ];
  });
  return [
    '[Script Info]',
    'ScriptType: v4.00+',
    `PlayResX: ${width}`,
    `PlayResY: ${height}`,
    'ScaledBorderAndShadow: yes',
    'WrapStyle: 0',
    '[V4+ Styles]',
    'Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV',
    `Style: Plain,${font},${size.toFixed(1)},${colors.join(',')},1,${outline.toFixed(1)},${shadow.toFixed(1)},2,10,10,0`,
    '[Events]',
    'Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text',
    ...events,
    '',
  ].join('\n');
}

/** A plane behind the text while it is seen; none without BoardY. */
function toBoard(style: SubtitleStyle, { width, height }: PixelSize): string | undefined {
  if (!style.BoardY) return undefined;
  const w = toPixels(style.BoardWidth || '90%', width);
  const h = toPixels(style.BoardHeight || '15%', height);
  const y = height - toPixels(style.BoardY, height);
  const color = `\\1c${toColor(style.BoardColor, '0x000000', 1)}\\1a&H${toAlpha(style.BoardAlpha ?? 0.8)}&`;
  return `{\\an2\\pos(${Math.round(width / 2)},${y})\\bord0\\shad0${color}\\p1}m 0 0 l ${w} 0 ${w} ${h} 0 ${h}{\\p0}`;
}

/** `0xRRGGBB` as ASS has it: &HAABBGGRR, where 00 is opaque. */
function toColor(color: string | null | undefined, fallback: string, alpha: number): string {
  const [, r = 'FF', g = 'FF', b = 'FF'] =
    /^0x([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color || fallback) ?? [];
  return `&H${toAlpha(alpha)}${b}${g}${r}`.toUpperCase();
}

function toAlpha(opacity: number): string {
  return Math.round(255 * (1 - Math.min(1, Math.max(0, opacity))))
    .toString(16)
    .padStart(2, '0')
    .toUpperCase();
}

/** Braces begin commands, and backslashes escapes: neither can be written as text in every version of libass. */
function escapeText(text: string): string {
  return text
    .replaceAll('\\', '\uFF3C')
    .replaceAll('{', '\uFF5B')
    .replaceAll('}', '\uFF5D')
    .split('\n')
    .join('\\N');
}

function toClock(sec: number): string {
  const hundredths = Math.max(0, Math.round(sec * 100));
  const minutes = `${two((hundredths / 6000) % 60)}:${two((hundredths / 100) % 60)}`;
  return `${Math.floor(hundredths / 360_000)}:${minutes}.${two(hundredths % 100)}`;
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
