import type { PixelSize } from '@vodstack/protocol';
import { MAX_PIXELS, PICTURE_FORMATS } from '../input-guard.ts';
import { unsupported } from './stream-arguments.ts';

/** A watermark template as far as it is drawn here, with what the sub-task adds. */
export interface Watermark {
  readonly definition: number;
  readonly type: string;
  readonly coordinateOrigin: string;
  readonly xPos: string;
  readonly yPos: string;
  /** Seconds; 0 at the end means until the end, negative counts from the end. */
  readonly startSec: number;
  readonly endSec: number;
  readonly image?: {
    readonly content: Buffer;
    readonly width: string;
    readonly height: string;
    readonly repeatType: string;
    /** 0 opaque … 100 invisible. */
    readonly transparency: number;
  };
  readonly text?: {
    readonly content: string;
    readonly fontSize: string;
    readonly fontColor: string;
    /** 0 … 1 opaque. */
    readonly fontAlpha: number;
  };
  readonly svg?: {
    readonly content: string;
    /** `100px`, `10%`, or a share of one side of the frame: `10W%`, `10H%`, the longer `10L%`, the shorter `10S%`. */
    readonly width: string;
    readonly height: string;
    /** Shown for a while, again and again. */
    readonly cycle?: WatermarkCycle | undefined;
  };
}

export interface WatermarkCycle {
  readonly startSec: number;
  readonly shownSec: number;
  /** From one showing to the next; 0: it is shown once. */
  readonly everySec: number;
}

/** What this ffmpeg can draw. */
export interface DrawingSkills {
  readonly canDrawText: boolean;
  readonly canDrawSvg: boolean;
  /** False where it is left out. */
  readonly canBurnSubtitles?: boolean | undefined;
}

export interface DrawnWatermarks {
  /** Before the output's options: the images as further inputs. */
  readonly inputArgs: readonly string[];
  /** Files to write into the run's folder. */
  readonly files: Readonly<Record<string, string | Buffer>>;
  /** Graph parts that go from `[from]` to `[to]`; empty without watermarks. */
  readonly chains: readonly string[];
  /** Label that now holds the picture. */
  readonly label: string;
}

const MAX_SVG_SIDE = 4096;

/** Draws watermarks over the picture under label `from`, which has the size `frame` and lasts `durationSec`. */
export function drawWatermarks(
  watermarks: readonly Watermark[],
  picture: { readonly from: string; readonly frame: PixelSize; readonly durationSec: number },
  skills: DrawingSkills,
): DrawnWatermarks {
  const inputArgs: string[] = [];
  const files: Record<string, string | Buffer> = {};
  const chains: string[] = [];
  let label = picture.from;
  let input = 0;
  for (const [i, watermark] of watermarks.entries()) {
    const next = `marked${i}`;
    const time = shownTime(watermark, picture.durationSec);
    if (watermark.image) {
      input += 1;
      const name = `watermark-${i}`;
      files[name] = watermark.image.content;
      const isRepeated = watermark.image.repeatType === 'repeat' && isGif(watermark.image.content);
      inputArgs.push(
        '-protocol_whitelist',
        'file',
        '-format_whitelist',
        PICTURE_FORMATS,
        '-max_pixels',
        String(MAX_PIXELS),
        ...(isRepeated ? ['-ignore_loop', '0'] : []),
        '-i',
        `file:${name}`,
      );
      chains.push(
        ...imageChains(watermark, watermark.image, { i, input, label, next, time, isRepeated, ...picture }),
      );
    } else if (watermark.text) {
      if (!skills.canDrawText) throw unsupported('this ffmpeg cannot draw text');
      const name = `watermark-${i}.txt`;
      files[name] = watermark.text.content;
      chains.push(textChain(watermark, watermark.text, { name, label, next, time, ...picture }));
    } else if (watermark.svg) {
      if (!skills.canDrawSvg) throw unsupported('this ffmpeg cannot draw SVG');
      input += 1;
      const name = `watermark-${i}.svg`;
      files[name] = watermark.svg.content;
      const size = svgSize(watermark.svg, picture.frame);
      inputArgs.push(...svgInput(name, size));
      const image = { ...size, transparency: 0 };
      chains.push(
        ...imageChains(watermark, image, {
          ...picture,
          i,
          input,
          label,
          next,
          isRepeated: false,
          time: withCycle(time, watermark.svg.cycle),
        }),
      );
    } else {
      throw unsupported(`watermark ${watermark.definition} of type ${watermark.type} cannot be drawn here`);
    }
    label = next;
  }
  return { inputArgs, files, chains, label };
}

/** Drawn at its size, so that it stays sharp. librsvg opens nothing that an SVG names: it is given data without an address (tested). */
function svgInput(name: string, { width, height }: { width: string; height: string }): string[] {
  const [w, h] = [toPixels(width, 0), toPixels(height, 0)];
  return [
    ['-protocol_whitelist', 'file', '-format_whitelist', 'svg_pipe', '-f', 'svg_pipe'],
    ['-max_pixels', String(MAX_PIXELS)],
    w > 0 ? ['-width', String(w)] : [],
    h > 0 ? ['-height', String(h)] : [],
    ['-i', `file:${name}`],
  ].flat();
}

function svgSize(
  { width, height }: NonNullable<Watermark['svg']>,
  frame: PixelSize,
): { width: string; height: string } {
  const sides: Readonly<Record<string, number>> = {
    W: frame.width,
    H: frame.height,
    L: Math.max(frame.width, frame.height),
    S: Math.min(frame.width, frame.height),
  };
  const resolve = (text: string, own: number): string => {
    const [, number = '0', side = '', unit = ''] = /^(\d+(?:\.\d+)?)([WHLS]?)(%|px)$/.exec(text) ?? [];
    const whole = sides[side] ?? own;
    const pixels = unit === '%' ? (whole * Number(number)) / 100 : Number(number);
    return `${Math.min(MAX_SVG_SIDE, Math.round(pixels))}px`;
  };
  return { width: resolve(width, frame.width), height: resolve(height, frame.height) };
}

function imageChains(
  watermark: Watermark,
  image: Pick<NonNullable<Watermark['image']>, 'width' | 'height' | 'transparency'>,
  place: {
    i: number;
    input: number;
    label: string;
    next: string;
    time: string;
    isRepeated: boolean;
    frame: PixelSize;
  },
): string[] {
  const width = toPixels(image.width, place.frame.width);
  const height = toPixels(image.height, place.frame.height);
  const alpha = Math.min(1, Math.max(0, 1 - image.transparency / 100));
  const scale = width > 0 || height > 0 ? `scale=${width || -1}:${height || -1},` : '';
  const { x, y } = position(watermark, place.frame, { w: 'w', h: 'h', W: 'W', H: 'H' });
  const end = place.isRepeated ? ':shortest=1' : '';
  return [
    `[${place.input}:v]${scale}format=rgba,colorchannelmixer=aa=${alpha.toFixed(2)}[mark${place.i}]`,
    `[${place.label}][mark${place.i}]overlay=x=${x}:y=${y}${end}${place.time},format=yuv420p[${place.next}]`,
  ];
}

/** The text is read from a file and taken literally: nothing a user writes is ever part of a filter. */
function textChain(
  watermark: Watermark,
  text: NonNullable<Watermark['text']>,
  place: { name: string; label: string; next: string; time: string; frame: PixelSize },
): string {
  const size = Math.max(1, Math.min(1000, toPixels(text.fontSize, place.frame.height) || 24));
  const color = /^0x[0-9a-f]{6}$/i.test(text.fontColor) ? text.fontColor : '0xFFFFFF';
  const { x, y } = position(watermark, place.frame, { w: 'text_w', h: 'text_h', W: 'w', H: 'h' });
  const alpha = Math.min(1, Math.max(0, text.fontAlpha));
  const draw = `drawtext=textfile=${place.name}:expansion=none:fontsize=${size}:fontcolor=${color}@${alpha.toFixed(2)}`;
  return `[${place.label}]${draw}:x=${x}:y=${y}${place.time}[${place.next}]`;
}

function position(
  { coordinateOrigin, xPos, yPos }: Watermark,
  frame: PixelSize,
  name: { w: string; h: string; W: string; H: string },
): { x: string; y: string } {
  const dx = toPixels(xPos, frame.width);
  const dy = toPixels(yPos, frame.height);
  const origin = coordinateOrigin.toLowerCase();
  if (origin === 'center') return { x: `(${name.W}-${name.w})/2+${dx}`, y: `(${name.H}-${name.h})/2+${dy}` };
  return {
    x: origin.endsWith('right') ? `${name.W}-${name.w}-${dx}` : String(dx),
    y: origin.startsWith('bottom') ? `${name.H}-${name.h}-${dy}` : String(dy),
  };
}

export function shownTime(
  { startSec, endSec }: Pick<Watermark, 'startSec' | 'endSec'>,
  durationSec: number,
): string {
  if (startSec === 0 && endSec === 0) return '';
  const start = startSec < 0 ? Math.max(0, durationSec + startSec) : startSec;
  const end = endSec > 0 ? endSec : durationSec + endSec;
  return `:enable=between(t\\,${start.toFixed(3)}\\,${end.toFixed(3)})`;
}

/** A showing within the time that is asked for. */
function withCycle(time: string, cycle: WatermarkCycle | undefined): string {
  if (!cycle || cycle.shownSec <= 0) return time;
  const [start, shown, every] = [cycle.startSec, cycle.shownSec, cycle.everySec].map((sec) => sec.toFixed(3));
  const since = `(t-${start})`;
  const place = cycle.everySec > 0 ? `mod(${since}\\,${every})` : since;
  const showing = `gte(t\\,${start})*lt(${place}\\,${shown})`;
  return time === '' ? `:enable=${showing}` : `${time}*${showing}`;
}

/** `10%` of `whole`, or `100px`; 0 for anything else. */
export function toPixels(text: string, whole: number): number {
  const [, number = '0', unit = ''] = /^(-?\d+(?:\.\d+)?)(%|px)$/.exec(text.trim()) ?? [];
  return Math.round(unit === '%' ? (whole * Number(number)) / 100 : Number(number));
}

function isGif(content: Buffer): boolean {
  return content.subarray(0, 4).toString('latin1') === 'GIF8';
}
