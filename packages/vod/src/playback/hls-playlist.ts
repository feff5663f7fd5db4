// Changes to playlists on their way out (RFC 8216).

export interface PlaylistChanges {
  /** What a relative URI becomes: of a segment, a further playlist, an initialisation section. */
  readonly toUri?: (uri: string) => string;
  /** What the URI of a decryption key becomes. */
  readonly toKeyUri?: (uri: string) => string;
  /** Segments that begin later are left out. */
  readonly previewSec?: number;
}

const KEY_TAG = /^#EXT-X-(?:SESSION-)?KEY:/;
const URI_ATTRIBUTE = /(?<=[:,]URI=")[^"]*(?=")/g;
const SEGMENT_LENGTH = /^#EXTINF:([\d.]+)/;

export function isPlaylist(file: { readonly content_type: string }): boolean {
  return file.content_type.toLowerCase().includes('mpegurl');
}

export function changePlaylist(text: string, changes: PlaylistChanges): string {
  const { previewSec = 0 } = changes;
  const lines = previewSec > 0 ? cutPlaylist(text.split('\n'), previewSec) : text.split('\n');
  return lines.map((line) => changeLine(line.replace(/\r$/, ''), changes)).join('\n');
}

function changeLine(line: string, { toUri = same, toKeyUri = same }: PlaylistChanges): string {
  if (line.trim() === '') return line;
  if (!line.startsWith('#')) return isRelative(line) ? toUri(line) : line;
  if (KEY_TAG.test(line)) return line.replaceAll(URI_ATTRIBUTE, (uri) => toKeyUri(uri));
  return line.replaceAll(URI_ATTRIBUTE, (uri) => (isRelative(uri) ? toUri(uri) : uri));
}

function same(uri: string): string {
  return uri;
}

/** Not one with a scheme, nor one that begins at the root of this or another host. */
function isRelative(uri: string): boolean {
  return !/^(?:[a-z][a-z0-9+.-]*:|\/)/i.test(uri);
}

/** The playlist up to the segment that plays at this second. One that names playlists has no segments and stays whole. */
function cutPlaylist(lines: readonly string[], previewSec: number): string[] {
  const kept: string[] = [];
  let pending: string[] = [];
  let startSec = 0;
  let lengthSec: number | undefined;
  for (const line of lines) {
    lengthSec = readLength(line) ?? lengthSec;
    pending.push(line);
    const isSegment = !line.startsWith('#') && line.trim() !== '' && lengthSec !== undefined;
    if (!isSegment) continue;
    kept.push(...pending);
    pending = [];
    startSec += lengthSec ?? 0;
    lengthSec = undefined;
    if (startSec >= previewSec) return [...kept, '#EXT-X-ENDLIST', ''];
  }
  return [...kept, ...pending];
}

function readLength(line: string): number | undefined {
  const [, seconds] = SEGMENT_LENGTH.exec(line) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}
