import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { VodContext } from '../context.ts';
import type { PlaylistCut } from '../manifest/cut-playlist.ts';
import { contentTypeOf } from '../media/file-types.ts';
import { storeBytes } from '../media/attached-file.ts';
import type { StoredPlaylist } from './find-playlist.ts';

/**
 * Puts the part of a playlist beside the whole one: it names the same segments, and goes when they go.
 * @returns its name in the folder; the same part has the same name
 */
export async function attachClip(
  context: VodContext,
  { file }: StoredPlaylist,
  cut: PlaylistCut,
): Promise<string> {
  const name = `${file.name.replace(/\.m3u8$/, '')}_clip_${cut.first}_${cut.last}.m3u8`;
  const stored = await storeBytes(
    context,
    `media/${file.file_id}/clip-${randomUUID()}`,
    Buffer.from(cut.text),
  );
  const replaced = await context.db.transaction().execute(async (tx) => {
    const earlier = await tx
      .selectFrom('vod.artifact')
      .select('blob_key')
      .where('folder', '=', file.folder)
      .where('name', '=', name)
      .forUpdate()
      .executeTakeFirst();
    const row = {
      file_id: file.file_id,
      // As a part of the result that the whole playlist belongs to.
      kind: file.kind === 'Source' ? ('SourceSegment' as const) : file.kind,
      definition: file.definition,
      main_id: file.main_id ?? file.artifact_id,
      blob_key: stored.blobKey,
      content_type: contentTypeOf(name),
      size_bytes: stored.sizeBytes,
      md5: stored.md5,
    };
    await tx
      .insertInto('vod.artifact')
      .values({ ...row, folder: file.folder, name })
      .onConflict((conflict) =>
        conflict.columns(['folder', 'name']).doUpdateSet({ ...row, created_at: sql`now()` }),
      )
      .execute();
    return earlier?.blob_key;
  });
  if (replaced) await context.blobs.delete(replaced);
  return name;
}
