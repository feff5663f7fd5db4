import { text } from 'node:stream/consumers';
import type { BlobStore } from '@vodstack/platform';
import type { VodDb } from '../tables.ts';
import { parseVtt, type SubtitleTrack } from '../transcode/index.ts';

/** A subtitle of a media, with its cues; undefined when there is none of this id. */
export async function findSubtitleTrack(
  { db, blobs }: { readonly db: VodDb; readonly blobs: BlobStore },
  fileId: string,
  id: string,
): Promise<SubtitleTrack | undefined> {
  const row = await db
    .selectFrom('vod.subtitle')
    .innerJoin('vod.artifact', 'vod.artifact.artifact_id', 'vod.subtitle.artifact_id')
    .select(['vod.subtitle.name', 'language', 'blob_key'])
    .where('vod.subtitle.file_id', '=', fileId)
    .where('subtitle_id', '=', id)
    .executeTakeFirst();
  if (!row) return undefined;
  const content = await text(blobs.read(row.blob_key));
  return { id, name: row.name, language: row.language, cues: parseVtt(content) };
}
