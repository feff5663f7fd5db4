import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Rgb = readonly [red: number, green: number, blue: number];

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The pixels of an area of a video, a file or a URL, at a time. */
export async function pixelsOf(source: string, sec: number, area: Area): Promise<Rgb[]> {
  const crop = `crop=${area.width}:${area.height}:${area.x}:${area.y}`;
  // Read from the beginning: a time then means the same in every container.
  const args = ['-v', 'error', '-i', source, '-vf', `select=gte(t\\,${sec}),${crop}`, '-frames:v', '1'];
  const { stdout } = await run('ffmpeg', [...args, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'], {
    encoding: 'buffer',
    maxBuffer: 64 * 1024 * 1024,
  });
  return Array.from({ length: stdout.length / 3 }, (_, i): Rgb => {
    const [red = 0, green = 0, blue = 0] = stdout.subarray(3 * i, 3 * i + 3);
    return [red, green, blue];
  });
}

/** Which share of pixels are about of a colour. */
export function shareOf(pixels: readonly Rgb[], colour: Rgb): number {
  const isNear = (pixel: Rgb): boolean => pixel.every((value, i) => Math.abs(value - (colour[i] ?? 0)) < 70);
  return pixels.filter(isNear).length / Math.max(1, pixels.length);
}
