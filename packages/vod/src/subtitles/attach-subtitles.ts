import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { VodContext } from '../context.ts';
import { contentTypeOf } from '../media/file-types.ts';
import { storeBytes } from '../media/attached-file.ts';
import type { ArtifactRow, VodDb } from '../tables.ts';
import {
  formatCues,
  subtitleFiles,
  subtitlePlaylist,
  type SubtitleTrack,
  TS_START_TICKS,
  withSubtitles,
  withSubtitleSets,
} from '../transcode/index.ts';

export interface Attaching {
  /** The adaptive result's main file, locked. */
  readonly main: ArtifactRow;
  readonly tracks: readonly SubtitleTrack[];
  readonly defaultId: string;
  readonly durationSec: number;
}

/**
 * Gives an adaptive result exactly these subtitles, in the caller's transaction.
 * @returns the blobs that nobody needs any more once that has been committed
 */
export async function attachSubtitles(
  { blobs }: VodContext,
  tx: VodDb,
  { main, tracks, defaultId, durationSec }: Attaching,
): Promise<string[]> {
  const isDash = main.name.endsWith('.mpd');
  const files = subtitleFiles(tracks, main.definition);
  const whole = await text(blobs.read(main.blob_key));
  const ticks = isDash ? undefined : (await isFragmented(tx, main)) ? 0 : TS_START_TICKS;
  const contents = files.flatMap(({ track, vttName, playlistName }): [string, string][] => [
    [vttName, formatCues(track.cues, ticks)],
    ...(isDash ? [] : ([[playlistName, subtitlePlaylist(vttName, durationSec)]] as [string, string][])),
  ]);
  const gone = await tx
    .deleteFrom('vod.artifact')
    .where('main_id', '=', main.artifact_id)
    .where('name', 'like', `subtitle\\_${main.definition}\\_%`)
    .returning('blob_key')
    .execute();
  for (const [name, content] of contents) {
    const { file_id, kind, definition, folder, artifact_id } = main;
    const stored = await store(blobs, main, content);
    await tx
      .insertInto('vod.artifact')
      .values({
        file_id,
        kind,
        definition,
        folder,
        name,
        main_id: artifact_id,
        content_type: contentTypeOf(name),
        ...stored,
      })
      .execute();
  }
  const changed = isDash ? withSubtitleSets(whole, files) : withSubtitles(whole, files, defaultId);
  const subtitles = files.map(({ track: { id, name, language }, vttName }) => ({
    id,
    name,
    language,
    vttName,
  }));
  await tx
    .updateTable('vod.artifact')
    .set({
      ...(await store(blobs, main, changed)),
      details: JSON.stringify({ ...main.details, subtitles, defaultSubtitleId: defaultId }),
    })
    .where('artifact_id', '=', main.artifact_id)
    .execute();
  return [main.blob_key, ...gone.map(({ blob_key }) => blob_key)];
}

async function store(
  blobs: VodContext['blobs'],
  { file_id }: ArtifactRow,
  content: string,
): Promise<{ blob_key: string; size_bytes: number; md5: string }> {
  const key = `media/${file_id}/subtitles-${randomUUID()}`;
  const { blobKey, sizeBytes, md5 } = await storeBytes({ blobs }, key, Buffer.from(content));
  return { blob_key: blobKey, size_bytes: sizeBytes, md5 };
}

/** Fragmented MP4 counts from 0. */
async function isFragmented(tx: VodDb, { artifact_id }: ArtifactRow): Promise<boolean> {
  const segment = await tx
    .selectFrom('vod.artifact')
    .select('name')
    .where('main_id', '=', artifact_id)
    .where('name', 'like', '%.m4s')
    .executeTakeFirst();
  return segment !== undefined;
}
