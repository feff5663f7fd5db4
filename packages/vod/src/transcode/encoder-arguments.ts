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

/**
 * Capped constant quality with a buffer of one second keeps the average of hard content at the template's rate; two seconds went 6 % over,
 * half a second lost 7 to 18 % of it. x264 counts on a buffer that is nine tenths full at the start, which a short clip never pays back:
 * half full gave 399, 386 and 394 kb/s of 400 for 12.4 s and 2 s of 1080p aerial footage and 2 s of noise; nine tenths 412, 470 and 475.
 */
export const HALF_FULL_BUFFER = 'vbv-init=0.5';

/** One file of the run: which of its encoded pictures and sounds go into it. */
export interface TeeTarget {
  readonly fileName: string;
  readonly picture: number | null;
  readonly sound: number | null;
  /** Whether it is a result by itself: those have their index in front, for players. */
  readonly isResult: boolean;
}

/** The tee muxer's targets. Its option parser unescapes twice: hence the backslash before each quote. One target that fails ends the run. */
export function teeArguments(targets: readonly TeeTarget[]): string[] {
  const slaves = targets.map(({ fileName, picture, sound, isResult }) => {
    const streams = [
      ...(picture === null ? [] : [`v:${picture}`]),
      ...(sound === null ? [] : [`a:${sound}`]),
    ].join(',');
    const flags = isResult ? ':movflags=+faststart' : '';
    return `[select=\\'${streams}\\':f=mp4:onfail=abort${flags}]${fileName}`;
  });
  return ['-flags', '+global_header', '-f', 'tee', slaves.join('|')];
}
