import { isDeepStrictEqual } from 'node:util';
import type { AudioSpec, RenditionSpec } from './rendition-spec.ts';

/** The uploader's camera, place and names do not travel with what is made. */
export const NO_METADATA: readonly string[] = [
  '-map_metadata',
  '-1',
  '-map_metadata:s',
  '-1',
  '-map_chapters',
  '-1',
];

export type X264Preset = 'ultrafast' | 'veryfast' | 'faster' | 'fast' | 'medium' | 'slow';

/** Seconds between keyframes: fixed, so that players seek evenly, HLS cuts by remux and sprites need no full decode. */
const GOP_SEC = 2;

/**
 * Capped constant quality. A buffer of one second keeps the average of hard content at the template's rate; two seconds went 6 % over,
 * half a second lost 7 to 18 % of it. x264 counts on a buffer that is nine tenths full at the start, which a short clip never pays back:
 * half full gave 399, 386 and 394 kb/s of 400 for 12.4 s and 2 s of 1080p aerial footage and 2 s of noise; nine tenths 412, 470 and 475.
 */
export const HALF_FULL_BUFFER = 'vbv-init=0.5';

export function videoArguments(specs: readonly RenditionSpec[], preset: X264Preset): string[] {
  const each = specs.flatMap(({ video }, i) => {
    const gop = String(video.fps * GOP_SEC);
    const rate = `${video.bitrateKbps}k`;
    const cap = video.bitrateKbps > 0 ? [`-maxrate:v:${i}`, rate, `-bufsize:v:${i}`, rate] : [];
    return [...cap, `-g:v:${i}`, gop, `-keyint_min:v:${i}`, gop];
  });
  return [
    ['-c:v', 'libx264', '-preset', preset, '-profile:v', 'high', '-pix_fmt', 'yuv420p', '-crf', '23'],
    ...each,
    ['-sc_threshold', '0', '-x264-params', HALF_FULL_BUFFER],
  ].flat();
}

/** The different audio settings, each encoded once, and which of them every spec takes. */
export function groupAudio(specs: readonly RenditionSpec[]): { groups: AudioSpec[]; groupOf: number[] } {
  const groups: AudioSpec[] = [];
  const groupOf = specs.map(({ audio }) => {
    const known = groups.findIndex((group) => isDeepStrictEqual(group, audio));
    return known === -1 ? groups.push(audio) - 1 : known;
  });
  return { groups, groupOf };
}

/** AAC-LC. aresample fills gaps and a late start with silence, so that sound and picture both begin at zero. */
export function audioArguments(groups: readonly AudioSpec[]): string[] {
  const each = groups.flatMap((audio, i) => [
    `-b:a:${i}`,
    `${audio.bitrateKbps}k`,
    `-ar:a:${i}`,
    String(audio.sampleRateHz),
    `-ac:a:${i}`,
    String(audio.channels),
    `-filter:a:${i}`,
    'aresample=async=1:first_pts=0',
  ]);
  return groups.length === 0 ? [] : ['-c:a', 'aac', '-profile:a', 'aac_low', ...each];
}

export interface TeeTarget {
  readonly fileName: string;
  readonly audioGroup: number | null;
}

/** The tee muxer's targets. Its option parser unescapes twice: hence the backslash before each quote. One target that fails ends the run. */
export function teeArguments(targets: readonly TeeTarget[]): string[] {
  const slaves = targets.map(({ fileName, audioGroup }, i) => {
    const streams = audioGroup === null ? `v:${i}` : `v:${i},a:${audioGroup}`;
    return `[select=\\'${streams}\\':f=mp4:onfail=abort:movflags=+faststart]${fileName}`;
  });
  return ['-flags', '+global_header', '-f', 'tee', slaves.join('|')];
}
