/** The uploader's camera, place and names do not travel with what is made. */
export const NO_METADATA: readonly string[] = [
  '-map_metadata',
  '-1',
  '-map_metadata:s',
  '-1',
  '-map_chapters',
  '-1',
];

export type X264Preset = 'veryfast' | 'faster' | 'fast' | 'medium' | 'slow';

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
