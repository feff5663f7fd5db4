import { dirname, join } from 'node:path/posix';
import type { MediaMetaData } from '@vodstack/protocol';
import type { VodContext } from '../context.ts';
import type { PlaylistCut } from '../manifest/cut-playlist.ts';
import { MediaError, probeMedia, toMetaData } from '../transcode/index.ts';
import type { StoredPlaylist } from './find-playlist.ts';

/** What a clip's response says of its streams: those of its first segment, where that can be read by itself. */
export async function readClipMetaData(
  context: VodContext,
  { file, media }: StoredPlaylist,
  { files, isEncrypted, durationSec }: PlaylistCut,
): Promise<MediaMetaData> {
  const [first = ''] = files;
  const segment = await context.db
    .selectFrom('vod.artifact')
    .select(['blob_key'])
    .where('folder', '=', file.folder)
    .where('name', '=', join(dirname(file.name), first))
    .executeTakeFirst();
  const known = file.meta_data ?? media.meta_data ?? NOTHING;
  const own = segment && !isEncrypted ? await probe(context, segment.blob_key) : undefined;
  return {
    ...(own ?? known),
    Container: 'hls',
    Duration: durationSec,
    // The cloud leaves these out (SimpleHlsClipResponse).
    Size: 0,
    Rotate: 0,
    VideoDuration: 0,
    AudioDuration: 0,
    Md5: '',
  };
}

const NOTHING: MediaMetaData = {
  Size: 0,
  Container: 'hls',
  Bitrate: 0,
  Height: 0,
  Width: 0,
  Duration: 0,
  Rotate: 0,
  VideoDuration: 0,
  AudioDuration: 0,
  VideoStreamSet: [],
  AudioStreamSet: [],
  Md5: '',
};

/** Undefined for an initialisation section, which says nothing without its segments. */
async function probe({ tools, blobs }: VodContext, blobKey: string): Promise<MediaMetaData | undefined> {
  try {
    return toMetaData(await probeMedia(blobs.localPath(blobKey), { tools, timeoutMs: 20_000 }));
  } catch (error) {
    if (error instanceof MediaError) return undefined;
    throw error;
  }
}
