import type { ArtifactRow, MediaRow, VodDb } from '../tables.ts';

export interface MediaWithArtifacts {
  readonly media: MediaRow;
  readonly artifacts: readonly ArtifactRow[];
}

/** Finds media of one application with all their files; unknown ids are simply absent from the map. */
export async function findMedia(
  db: VodDb,
  subAppId: number,
  fileIds: readonly string[],
): Promise<Map<string, MediaWithArtifacts>> {
  if (fileIds.length === 0) return new Map();
  const media = await db
    .selectFrom('vod.media')
    .selectAll()
    .where('sub_app_id', '=', subAppId)
    .where('file_id', 'in', fileIds)
    .execute();
  const artifacts = await findArtifacts(db, fileIds);
  return new Map(
    media.map((row) => [row.file_id, { media: row, artifacts: artifacts.get(row.file_id) ?? [] }]),
  );
}

/** The files of each media that lists show, the source first, then by definition; not the parts of results of several files. */
export async function findArtifacts(
  db: VodDb,
  fileIds: readonly string[],
): Promise<Map<string, ArtifactRow[]>> {
  const rows = await db
    .selectFrom('vod.artifact')
    .selectAll()
    .where('file_id', 'in', fileIds)
    .where('main_id', 'is', null)
    .orderBy('definition')
    .orderBy('artifact_id')
    .execute();
  return Map.groupBy(rows, (row) => row.file_id);
}

export function findSource(found: MediaWithArtifacts): ArtifactRow | undefined {
  return found.artifacts.find((artifact) => artifact.kind === 'Source');
}

/** Where every file of each media is kept, the parts of results too: what goes when the media goes. */
export async function findBlobKeys(db: VodDb, fileIds: readonly string[]): Promise<string[]> {
  if (fileIds.length === 0) return [];
  const rows = await db
    .selectFrom('vod.artifact')
    .select('blob_key')
    .where('file_id', 'in', fileIds)
    .execute();
  return rows.map(({ blob_key }) => blob_key);
}
