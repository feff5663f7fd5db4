/** A part of a picture, in its pixels. */
export interface Sprite {
  readonly startSec: number;
  readonly endSec: number;
  readonly url: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const CUE = /(\S+) --> (\S+)[^\n]*\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/g;

/** The cues of a WebVTT file that name parts of pictures (Media Fragments, section 4.2.2). @param baseUrl the file's own */
export function parseSprites(text: string, baseUrl: string): Sprite[] {
  return [...text.replaceAll('\r', '').matchAll(CUE)].map(
    ([, start = '', end = '', name = '', x, y, width, height]) => ({
      startSec: toSec(start),
      endSec: toSec(end),
      url: new URL(name, baseUrl).href,
      x: Number(x),
      y: Number(y),
      width: Number(width),
      height: Number(height),
    }),
  );
}

/** The one for a time; after the end of the last one, the last one. */
export function spriteAt(sprites: readonly Sprite[], timeSec: number): Sprite | undefined {
  return sprites.find(({ endSec }) => timeSec < endSec) ?? sprites.at(-1);
}

/** `hh:mm:ss.mmm` or `mm:ss.mmm`. */
function toSec(time: string): number {
  return time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}
