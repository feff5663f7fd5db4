import type { PixelSize } from '@vodstack/protocol';

/** How a template tells the size of a picture (all template families alike, 266/33896). */
export interface SizeRule {
  readonly Width?: number | undefined;
  readonly Height?: number | undefined;
  /** `open`: Width is the longer side and Height the shorter one. */
  readonly ResolutionAdaptive?: string | undefined;
  readonly FillType?: string | undefined;
}

/** Both sides 0: the source's; one 0: in proportion, floored to an even number; both: exactly these. */
export function frameSize(display: PixelSize, rule: SizeRule): PixelSize {
  const isTurned = rule.ResolutionAdaptive !== 'close' && display.width < display.height;
  const [width, height] = isTurned
    ? [rule.Height || 0, rule.Width || 0]
    : [rule.Width || 0, rule.Height || 0];
  if (width === 0 && height === 0) return { width: toEven(display.width), height: toEven(display.height) };
  if (width === 0)
    return { width: toEven((display.width * height) / display.height), height: toEven(height) };
  if (height === 0) return { width: toEven(width), height: toEven((display.height * width) / display.width) };
  return { width: toEven(width), height: toEven(height) };
}

/**
 * Filters that bring a picture to exactly `size`: stretched, or in its own proportion on black, on white, or on a blurred copy of itself.
 * May hold chains of its own, so it belongs into a `-filter_complex`; `id` keeps the labels of several apart.
 */
export function fitFilter(size: PixelSize, fillType: string | undefined, id = ''): string {
  const box = `${size.width}:${size.height}`;
  const inside = `scale=${box}:force_original_aspect_ratio=decrease:flags=bicubic`;
  switch (fillType) {
    case 'black':
    case 'white':
      return `${inside},setsar=1,pad=${box}:(ow-iw)/2:(oh-ih)/2:${fillType}`;
    case 'gauss':
      return [
        `split=2[back${id}][front${id}]`,
        `[back${id}]scale=${box}:force_original_aspect_ratio=increase,crop=${box},gblur=sigma=20,setsar=1[blurred${id}]`,
        `[front${id}]${inside},setsar=1[inside${id}]`,
        `[blurred${id}][inside${id}]overlay=(W-w)/2:(H-h)/2`,
      ].join(';');
    default:
      return `scale=${box}:flags=bicubic,setsar=1`;
  }
}

export function fitOf(display: PixelSize, size: PixelSize, rule: SizeRule, id = ''): string {
  return fitFilter(size, isInProportion(display, size) ? 'stretch' : (rule.FillType ?? 'black'), id);
}

/** Proportions that agree within two pixels need no edges. */
export function isInProportion(display: PixelSize, size: PixelSize): boolean {
  return (
    Math.abs((size.height * display.width) / display.height - size.width) <= 2 ||
    Math.abs((size.width * display.height) / display.width - size.height) <= 2
  );
}

/** H.264 in 4:2:0 has half as many chroma samples per side. */
function toEven(value: number): number {
  return Math.max(2, Math.floor(value / 2) * 2);
}
