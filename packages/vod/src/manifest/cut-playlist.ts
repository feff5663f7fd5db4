import { ManifestError } from './manifest-error.ts';
import { parsePlaylist } from './hls-playlist.ts';

/** A part of a media playlist, in whole segments. */
export interface PlaylistCut {
  readonly text: string;
  /** Which segments of the whole it has, from 0 on; both inclusive. */
  readonly first: number;
  readonly last: number;
  readonly durationSec: number;
  /** Every file that it names, once, in order: the initialisation sections and the segments. */
  readonly files: readonly string[];
  readonly isEncrypted: boolean;
}

interface Segment {
  readonly startSec: number;
  readonly lengthSec: number;
  /** The tags in front of it that are its own, and its URI. */
  readonly lines: readonly string[];
  /** EXT-X-KEY and EXT-X-MAP that are in force. */
  readonly key: string;
  readonly map: string;
}

/** Length of a media playlist in seconds. */
export function playlistLengthSec(text: string): number {
  return readSegments(text).segments.reduce((sum, { lengthSec }) => sum + lengthSec, 0);
}

/**
 * The segments that are seen between two times, as a playlist of their own (RFC 8216).
 * @throws ManifestError for what is no complete media playlist
 */
export function cutPlaylist(text: string, startSec: number, endSec: number): PlaylistCut | undefined {
  const { version, sequence, targetSec, segments } = readSegments(text);
  // A thousandth of a second is what rounding leaves over.
  const isKept = (segment: Segment): boolean =>
    segment.startSec + segment.lengthSec > startSec + 0.001 && segment.startSec < endSec - 0.001;
  const first = segments.findIndex(isKept);
  const last = segments.findLastIndex(isKept);
  if (first < 0) return undefined;
  const kept = segments.slice(first, last + 1);
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${version}`,
    `#EXT-X-TARGETDURATION:${targetSec}`,
    // Without an IV of its own a segment is decrypted by its number (section 5.2): the numbers stay.
    `#EXT-X-MEDIA-SEQUENCE:${sequence + first}`,
    '#EXT-X-PLAYLIST-TYPE:VOD',
  ];
  let [key, map] = ['', ''];
  for (const segment of kept) {
    if (segment.key !== key) lines.push(segment.key);
    if (segment.map !== map) lines.push(segment.map);
    ({ key, map } = segment);
    lines.push(...segment.lines);
  }
  const cut = `${[...lines, '#EXT-X-ENDLIST'].join('\n')}\n`;
  const { references } = parsePlaylist(cut);
  return {
    text: cut,
    first,
    last,
    durationSec: kept.reduce((sum, { lengthSec }) => sum + lengthSec, 0),
    files: [
      ...new Set(references.filter(({ kind }) => kind === 'map' || kind === 'segment').map(({ uri }) => uri)),
    ],
    isEncrypted: kept.some((segment) => segment.key !== '' && !segment.key.includes('METHOD=NONE')),
  };
}

interface Segments {
  readonly version: number;
  readonly sequence: number;
  readonly targetSec: number;
  readonly segments: readonly Segment[];
}

function readSegments(text: string): Segments {
  const { lines, isMaster, isComplete } = parsePlaylist(text);
  if (isMaster) throw new ManifestError('it is a master playlist');
  if (!isComplete) throw new ManifestError('it has no end yet');
  const segments: Segment[] = [];
  let own: string[] = [];
  let startSec = 0;
  let lengthSec = 0;
  let [key, map] = ['', ''];
  for (const line of lines) {
    if (line.startsWith('#EXT-X-KEY:')) key = line;
    else if (line.startsWith('#EXT-X-MAP:')) map = line;
    else if (/^#EXT(INF|-X-(BYTERANGE|DISCONTINUITY$|PROGRAM-DATE-TIME|GAP|BITRATE))/.test(line)) {
      own.push(line);
      lengthSec = Number(/^#EXTINF:([\d.]+)/.exec(line)?.[1] ?? lengthSec);
    } else if (line !== '' && !line.startsWith('#')) {
      segments.push({ startSec, lengthSec, lines: [...own, line.trim()], key, map });
      startSec += lengthSec;
      own = [];
    }
  }
  const tag = (name: string): number =>
    Number(new RegExp(`^#EXT-X-${name}:(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return {
    version: tag('VERSION') || 3,
    sequence: tag('MEDIA-SEQUENCE'),
    targetSec: tag('TARGETDURATION') || Math.ceil(Math.max(...segments.map((segment) => segment.lengthSec))),
    segments,
  };
}
