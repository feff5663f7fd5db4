import type { PixelSize } from '@vodstack/protocol';
import { shownTime, toPixels } from './watermark.ts';

/** A part of the picture that is to be made unrecognisable (MosaicInput). */
export interface Mosaic {
  readonly XPos?: string | null | undefined;
  readonly YPos?: string | null | undefined;
  readonly Width?: string | null | undefined;
  readonly Height?: string | null | undefined;
  readonly StartTimeOffset?: number | null | undefined;
  readonly EndTimeOffset?: number | null | undefined;
}

/** Squares across the shorter side of a mosaic: few enough to hide a face in it. */
const SQUARES = 6;

/** Graph parts that lead from the picture under `from` to the one under `label`. */
export function drawMosaics(
  mosaics: readonly Mosaic[],
  picture: { readonly from: string; readonly frame: PixelSize; readonly durationSec: number },
): { readonly chains: readonly string[]; readonly label: string } {
  let label = picture.from;
  const chains = mosaics.flatMap((mosaic, i) => {
    const area = areaOf(mosaic, picture.frame);
    if (!area) return [];
    const from = label;
    label = `mosaic${i}`;
    const { x, y, width, height } = area;
    const square = Math.max(2, Math.ceil(Math.min(width, height) / SQUARES));
    const coarse = `${Math.ceil(width / square)}:${Math.ceil(height / square)}`;
    const time = shownTime(
      { startSec: mosaic.StartTimeOffset ?? 0, endSec: mosaic.EndTimeOffset ?? 0 },
      picture.durationSec,
    );
    return [
      `[${from}]split=2[whole${i}][part${i}]`,
      `[part${i}]crop=${width}:${height}:${x}:${y}:exact=1,scale=${coarse}:flags=area,scale=${width}:${height}:flags=neighbor[squares${i}]`,
      `[whole${i}][squares${i}]overlay=x=${x}:y=${y}${time},format=yuv420p[${label}]`,
    ];
  });
  return { chains, label };
}

/** Inside the frame, on even pixels; undefined when nothing of it is. */
function areaOf(
  { XPos, YPos, Width, Height }: Mosaic,
  frame: PixelSize,
): (PixelSize & { x: number; y: number }) | undefined {
  const x = toEven(Math.max(0, toPixels(XPos || '0px', frame.width)));
  const y = toEven(Math.max(0, toPixels(YPos || '0px', frame.height)));
  const width = toEven(Math.min(frame.width - x, toPixels(Width || '10%', frame.width)));
  const height = toEven(Math.min(frame.height - y, toPixels(Height || '10%', frame.height)));
  return width >= 2 && height >= 2 ? { x, y, width, height } : undefined;
}

function toEven(value: number): number {
  return Math.floor(value / 2) * 2;
}
