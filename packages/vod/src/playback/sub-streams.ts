/** What a player shows in its menu of qualities. */
export interface SubStream {
  readonly type: 'video';
  readonly width: number;
  readonly height: number;
  readonly resolutionName: string;
}

export interface ResolutionName {
  readonly MinEdgeLength: number;
  readonly Name: string;
}

/** Of the cloud's default player configuration. */
const DEFAULT_NAMES: readonly ResolutionName[] = [
  { MinEdgeLength: 1440, Name: '2K' },
  { MinEdgeLength: 2160, Name: '4K' },
];

const RESOLUTION = /^#EXT-X-STREAM-INF:.*\bRESOLUTION=(\d+)x(\d+)/;

/** The qualities of a master playlist, in its order. @param names by the shorter side; others are called `720P` */
export function readSubStreams(
  playlist: string,
  names: readonly ResolutionName[] | undefined = DEFAULT_NAMES,
): SubStream[] {
  return playlist.split('\n').flatMap((line) => {
    const [, width, height] = RESOLUTION.exec(line) ?? [];
    if (width === undefined || height === undefined) return [];
    const edge = Math.min(Number(width), Number(height));
    const resolutionName = names.find(({ MinEdgeLength }) => MinEdgeLength === edge)?.Name ?? `${edge}P`;
    return [{ type: 'video', width: Number(width), height: Number(height), resolutionName }];
  });
}
