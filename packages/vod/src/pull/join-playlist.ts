import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VodContext } from '../context.ts';
import { parsePlaylist, type Playlist, type PlaylistReference } from '../manifest/hls-playlist.ts';
import { ManifestError } from '../manifest/manifest-error.ts';
import { findFileType, type FileType } from '../media/file-types.ts';
import { DEFAULT_SANDBOX_LIMITS } from '../transcode/sandbox.ts';
import { runMediaProcess } from '../transcode/media-process.ts';
import { digestFile } from '../transcode/file-digest.ts';
import { type FetchedFile, fetchFile } from './fetch-file.ts';
import { PullError } from './pull-error.ts';

export interface PlaylistSource {
  /** Where the playlist was found: its references are relative to it. */
  readonly url: URL;
  readonly playlistPath: string;
  readonly fileId: string;
  readonly signal: AbortSignal;
}

const MAX_PLAYLIST_BYTES = 8 * 1024 ** 2;
const MAX_SEGMENTS = 20_000;
const MAX_KEY_BYTES = 1024;
const CONCURRENCY = 4;
/** All that the local playlist repeats of the original: nothing else reaches ffmpeg. */
const KEPT_TAGS =
  /^#(EXTM3U|EXTINF:[\d.]+,?|EXT-X-(VERSION|TARGETDURATION|MEDIA-SEQUENCE|BYTERANGE):[\d@.]+|EXT-X-(DISCONTINUITY|ENDLIST))/;
/** Demuxers of segments, and of the playlist that was written here. */
const FORMATS = 'hls,mpegts,mov,aac,mp3';

/**
 * Fetches what a playlist of a finished stream lists, the best variant of several, and joins it into one MP4 without encoding.
 * @throws PullError when it is live, too large, or cannot be joined; DownloadError when trying again may help
 */
export async function joinPlaylist(
  context: VodContext,
  source: PlaylistSource,
): Promise<{ file: FetchedFile; path: string; type: FileType }> {
  const folder = join(context.scratchFolder, randomUUID());
  await mkdir(folder, { recursive: true });
  const path = context.blobs.localPath(`pulls/${source.fileId}-joined`);
  try {
    const fetcher = createFetcher(context, folder, source.signal);
    const local = await fetchStreams(fetcher, source, folder);
    await runJoin(context, local, path, folder, source.signal);
    await rm(source.playlistPath, { force: true });
    return {
      file: { sizeBytes: (await stat(path)).size, md5: await digestFile(path) },
      path,
      type: mp4(),
    };
  } catch (error) {
    await rm(path, { force: true });
    if (error instanceof ManifestError) throw new PullError(60000, error.message);
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function mp4(): FileType {
  const type = findFileType('mp4');
  if (!type) throw new Error('mp4 is no type of file');
  return type;
}

type Fetcher = (url: URL, name: string, maxBytes?: number) => Promise<string>;

/** All files of one stream share the limit of a single file. */
function createFetcher(context: VodContext, folder: string, signal: AbortSignal): Fetcher {
  let left = context.pullLimits.maxBytes;
  return async (url, name, maxBytes = left) => {
    const path = join(folder, name);
    const { sizeBytes } = await fetchFile(url, {
      allowsPrivateAddress: context.allowsPrivateAddress,
      idleTimeoutMs: context.pullLimits.idleTimeoutMs,
      signal,
      path,
      maxBytes: Math.min(maxBytes, left),
    });
    left -= sizeBytes;
    if (left < 0) {
      throw new PullError(40000, `the stream's files exceed ${context.pullLimits.maxBytes} bytes`);
    }
    return path;
  };
}

/** @returns local playlists: the video's, and that of separate sound */
async function fetchStreams(fetcher: Fetcher, source: PlaylistSource, folder: string): Promise<string[]> {
  const first = await readPlaylist(source.playlistPath);
  if (!first.isMaster) return [await fetchStream(fetcher, first, source.url, folder, 'v')];
  const variants = first.references.filter(({ kind }) => kind === 'variant');
  const [best] = variants.toSorted((a, b) => bandwidthOf(b) - bandwidthOf(a));
  if (!best) throw new ManifestError('the master playlist lists no variant');
  const streams = [best, ...findSound(first, best)];
  const local: string[] = [];
  for (const [index, stream] of streams.entries()) {
    const url = resolveUrl(stream.uri, source.url);
    const path = await fetcher(url, `${index}.m3u8.txt`, MAX_PLAYLIST_BYTES);
    const playlist = await readPlaylist(path);
    if (playlist.isMaster)
      throw new ManifestError('a variant of the master playlist is a master playlist itself');
    local.push(await fetchStream(fetcher, playlist, url, folder, `s${index}-`));
  }
  return local;
}

function bandwidthOf({ attributes }: PlaylistReference): number {
  return Number(attributes.get('BANDWIDTH') ?? 0);
}

function findSound(master: Playlist, variant: PlaylistReference): PlaylistReference[] {
  const group = variant.attributes.get('AUDIO');
  if (group === undefined) return [];
  const sounds = master.references.filter(
    ({ kind, attributes }) =>
      kind === 'rendition' && attributes.get('TYPE') === 'AUDIO' && attributes.get('GROUP-ID') === group,
  );
  const chosen = sounds.find(({ attributes }) => attributes.get('DEFAULT') === 'YES') ?? sounds[0];
  return chosen ? [chosen] : [];
}

async function readPlaylist(path: string): Promise<Playlist> {
  if ((await stat(path)).size > MAX_PLAYLIST_BYTES) throw new ManifestError('the playlist is too long');
  return parsePlaylist(await readFile(path, 'utf8'));
}

/** Fetches every file once and writes a playlist of the local ones. */
async function fetchStream(
  fetcher: Fetcher,
  playlist: Playlist,
  base: URL,
  folder: string,
  prefix: string,
): Promise<string> {
  if (!playlist.isComplete)
    throw new ManifestError('the playlist has no end (live streams cannot be pulled)');
  const names = new Map<string, string>();
  for (const { kind, uri, attributes } of playlist.references) {
    const method = attributes.get('METHOD') ?? 'AES-128';
    if (kind === 'key' && method !== 'AES-128') {
      throw new ManifestError(`streams encrypted with ${method.slice(0, 40)} cannot be read`);
    }
    const extension = kind === 'key' ? 'key' : localExtension(uri);
    if (!names.has(uri)) names.set(uri, `${prefix}${names.size}.${extension}`);
  }
  if (names.size > MAX_SEGMENTS)
    throw new ManifestError(`the playlist lists more than ${MAX_SEGMENTS} files`);
  const keys = new Set(playlist.references.filter(({ kind }) => kind === 'key').map(({ uri }) => uri));
  const queue = [...names].values();
  const work = async (): Promise<void> => {
    for (const [uri, name] of queue) {
      await fetcher(resolveUrl(uri, base), name, keys.has(uri) ? MAX_KEY_BYTES : undefined);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  const path = join(folder, `${prefix}local.m3u8`);
  await writeFile(path, toLocal(playlist, names));
  return path;
}

function localExtension(uri: string): string {
  const extension = /\.([a-z\d]+)(?:[?#].*)?$/i.exec(uri)?.[1]?.toLowerCase() ?? '';
  return ['ts', 'm4s', 'mp4', 'aac', 'mp3', 'm4a', 'm4v'].includes(extension) ? extension : 'ts';
}

function resolveUrl(uri: string, base: URL): URL {
  if (!URL.canParse(uri, base.href)) throw new ManifestError(`${JSON.stringify(uri.slice(0, 80))} is no URL`);
  return new URL(uri, base);
}

function toLocal(playlist: Playlist, names: ReadonlyMap<string, string>): string {
  const byLine = new Map(playlist.references.map((reference) => [reference.line, reference]));
  const lines = playlist.lines.flatMap((line, index) => {
    const reference = byLine.get(index);
    if (reference) return toLocalReference(reference, names.get(reference.uri) ?? '');
    if (/^#EXT-X-KEY:.*METHOD=NONE/.test(line)) return ['#EXT-X-KEY:METHOD=NONE'];
    const [kept] = KEPT_TAGS.exec(line) ?? [];
    return kept === undefined ? [] : [kept];
  });
  return `${lines.join('\n')}\n`;
}

function toLocalReference({ kind, attributes }: PlaylistReference, name: string): string[] {
  if (kind === 'segment') return [name];
  if (kind === 'key') {
    const iv = /^0x[\da-f]{1,32}$/i.exec(attributes.get('IV') ?? '')?.[0];
    return [`#EXT-X-KEY:METHOD=AES-128,URI="${name}"${iv === undefined ? '' : `,IV=${iv}`}`];
  }
  if (kind === 'map') {
    const range = /^\d+@\d+$/.exec(attributes.get('BYTERANGE') ?? '')?.[0];
    return [`#EXT-X-MAP:URI="${name}"${range === undefined ? '' : `,BYTERANGE="${range}"`}`];
  }
  return [];
}

/** Everything is local by now: ffmpeg may open files, and nothing but files. */
async function runJoin(
  context: VodContext,
  playlists: readonly string[],
  output: string,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const { tools } = context;
  const inputs = playlists.flatMap((path) =>
    [
      ['-protocol_whitelist', 'file,crypto', '-format_whitelist', FORMATS],
      ['-allowed_extensions', 'ALL', '-i', `file:${path}`],
    ].flat(),
  );
  const maps =
    playlists.length > 1 ? ['-map', '0:v:0', '-map', '1:a:0'] : ['-map', '0:v:0?', '-map', '0:a:0?'];
  const command = [
    [tools.ffmpegPath, '-hide_banner', '-v', 'error', '-nostdin', '-y', ...inputs, ...maps],
    ['-c', 'copy', '-movflags', '+faststart', '-f', 'mp4', `file:${output}`],
  ].flat();
  const result = await runMediaProcess(command, {
    tools,
    cwd: folder,
    limits: { ...DEFAULT_SANDBOX_LIMITS, fileBytes: context.pullLimits.maxBytes * 2 },
    signal,
    killGraceMs: 2000,
    onOutput: () => undefined,
  });
  signal.throwIfAborted();
  if (result.startError !== '') throw new Error(`ffmpeg cannot be started: ${result.startError}`);
  if (result.exitCode === 0) return;
  const reason = result.stderr.at(-1) ?? 'unknown reason';
  throw new PullError(60000, `the stream's segments cannot be joined: ${reason.replaceAll(folder, '')}`);
}
