import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { createHotlinkQuery, type HotlinkGrant } from '@vodstack/protocol';
import type { VodContext } from '../context.ts';
import type { ByteRange } from '../media/byte-range.ts';
import { changeDashManifest, isDashManifest } from './dash-manifest.ts';
import { addDrmToken } from './drm-token.ts';
import { changePlaylist, isPlaylist, type PlaylistChanges } from './hls-playlist.ts';
import type { MediaFile } from './media-file.ts';

/** What a client gets of a file: all of it, its beginning, or a playlist made for this client. */
export interface MediaBody {
  /** Without its quotes. */
  readonly etag: string;
  readonly sizeBytes: number;
  read(range: ByteRange | undefined): Readable | Buffer;
}

export interface BodyOptions {
  /** The path of the request, without query. */
  readonly path: string;
  readonly grant?: HotlinkGrant | undefined;
  readonly drmToken?: string | undefined;
}

/** Longest playlist that is changed: a day in segments of a second is less. */
const MAX_PLAYLIST_BYTES = 16 * 1024 * 1024;

export async function openBody(
  { blobs }: Pick<VodContext, 'blobs'>,
  file: MediaFile,
  options: BodyOptions,
): Promise<MediaBody> {
  const { blob_key: key, md5, size_bytes: sizeBytes } = file;
  const isChanged = options.grant !== undefined || options.drmToken !== undefined;
  const isSmall = sizeBytes <= MAX_PLAYLIST_BYTES;
  if (isChanged && isSmall && isPlaylist(file)) {
    return toTextBody(changePlaylist(await text(blobs.read(key)), toChanges(file, options)));
  }
  if (isChanged && isSmall && isDashManifest(file)) {
    const { toUri = String } = toChanges(file, options);
    return toTextBody(changeDashManifest(await text(blobs.read(key)), toUri));
  }
  const shownBytes = toShownBytes(file, options.grant?.previewSec ?? 0);
  return {
    etag: shownBytes === sizeBytes ? md5 : `${md5}-${shownBytes}`,
    sizeBytes: shownBytes,
    read: (range) => blobs.read(key, range ?? (shownBytes === sizeBytes ? undefined : toRange(shownBytes))),
  };
}

function toTextBody(playlist: string): MediaBody {
  const bytes = Buffer.from(playlist);
  return {
    etag: createHash('md5').update(bytes).digest('hex'),
    sizeBytes: bytes.byteLength,
    read: (range) => (range ? bytes.subarray(range.start, range.end + 1) : bytes),
  };
}

function toRange(sizeBytes: number): ByteRange {
  return { start: 0, end: sizeBytes - 1 };
}

/**
 * A preview of a single file is its beginning, in proportion to the time: as much as that of any file whose index stands in
 * front can be played. Segments have no length of their own here and are whole; the playlist does not name those that come later.
 */
function toShownBytes({ size_bytes: sizeBytes, durationSec }: MediaFile, previewSec: number): number {
  if (previewSec === 0 || durationSec === null || previewSec >= durationSec) return sizeBytes;
  return Math.max(1, Math.ceil((sizeBytes * previewSec) / durationSec));
}

function toChanges(file: MediaFile, { path, grant, drmToken }: BodyOptions): PlaylistChanges {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const key = file.protection?.hotlink_key ?? '';
  const withToken = (uri: string): string =>
    drmToken !== undefined && /\.m3u8(?:$|\?)/i.test(uri) ? addDrmToken(uri, drmToken) : uri;
  const withSignature = (uri: string): string => (grant ? signUri(key, folder, uri, grant) : uri);
  return {
    toUri: (uri) => withSignature(withToken(uri)),
    ...(drmToken === undefined ? {} : { toKeyUri: (uri: string) => addQuery(uri, `token=${drmToken}`) }),
    ...(grant ? { previewSec: grant.previewSec } : {}),
  };
}

/** Signed anew, as what is named may lie in a folder below; with the same limits. Nothing outside the media is signed. */
function signUri(key: string, folder: string, uri: string, { parameters }: HotlinkGrant): string {
  const { pathname } = new URL(uri, `http://localhost${folder}`);
  return pathname.startsWith(folder) ? addQuery(uri, createHotlinkQuery(key, pathname, parameters)) : uri;
}

function addQuery(uri: string, query: string): string {
  return `${uri}${uri.includes('?') ? '&' : '?'}${query}`;
}
