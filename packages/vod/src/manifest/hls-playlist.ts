import { ManifestError } from './manifest-error.ts';

/** What a line of a playlist refers to (RFC 8216). */
export interface PlaylistReference {
  readonly kind: 'segment' | 'variant' | 'rendition' | 'map' | 'key';
  readonly uri: string;
  /** Of the tag that the reference belongs to: EXT-X-STREAM-INF, EXT-X-KEY … */
  readonly attributes: ReadonlyMap<string, string>;
  /** Index of its line. */
  readonly line: number;
}

export interface Playlist {
  readonly lines: readonly string[];
  readonly references: readonly PlaylistReference[];
  /** It lists other playlists instead of segments. */
  readonly isMaster: boolean;
  /** EXT-X-ENDLIST: nothing will be added. */
  readonly isComplete: boolean;
}

/** Tags whose URI attribute names another file. */
const REFERRING_TAGS: Readonly<Record<string, PlaylistReference['kind']>> = {
  'EXT-X-MAP': 'map',
  'EXT-X-KEY': 'key',
  'EXT-X-SESSION-KEY': 'key',
  'EXT-X-MEDIA': 'rendition',
  'EXT-X-I-FRAME-STREAM-INF': 'rendition',
};
const MAX_LINES = 200_000;

/** @throws ManifestError when the text does not begin with #EXTM3U or refers to nothing */
export function parsePlaylist(text: string): Playlist {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  if (!/^#EXTM3U\s*$/.test(lines[0] ?? '')) {
    throw new ManifestError(`a playlist begins with #EXTM3U, got ${JSON.stringify(text.slice(0, 40))}`);
  }
  if (lines.length > MAX_LINES) throw new ManifestError(`a playlist may have ${MAX_LINES} lines at most`);
  const references: PlaylistReference[] = [];
  let variant: ReadonlyMap<string, string> | undefined;
  for (const [line, raw] of lines.entries()) {
    const [, tag = '', rest = ''] = /^#(EXT[^:]*):?(.*)$/.exec(raw) ?? [];
    const uri = raw.trim();
    if (tag === 'EXT-X-STREAM-INF') variant = parseAttributes(rest);
    else if (tag !== '') references.push(...toReference(tag, rest, line));
    else if (uri !== '' && !uri.startsWith('#')) {
      references.push({
        kind: variant ? 'variant' : 'segment',
        uri,
        attributes: variant ?? new Map<string, string>(),
        line,
      });
      variant = undefined;
    }
  }
  if (references.length === 0) throw new ManifestError('the playlist lists nothing');
  return {
    lines,
    references,
    isMaster: references.some(({ kind }) => kind === 'variant'),
    isComplete: lines.some((line) => line.trim() === '#EXT-X-ENDLIST'),
  };
}

function toReference(tag: string, rest: string, line: number): PlaylistReference[] {
  const kind = REFERRING_TAGS[tag];
  const attributes = kind ? parseAttributes(rest) : undefined;
  const uri = attributes?.get('URI');
  return kind && attributes && uri ? [{ kind, uri, attributes, line }] : [];
}

function parseAttributes(text: string): ReadonlyMap<string, string> {
  const pairs = text.matchAll(/([A-Z0-9-]+)=(?:"([^"]*)"|([^,]*))/g);
  return new Map([...pairs].map(([, name = '', quoted, plain = '']) => [name, quoted ?? plain.trim()]));
}
