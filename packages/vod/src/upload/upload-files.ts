import type { Selectable } from 'kysely';
import { findFileType } from '../media/file-types.ts';
import type { ArtifactKind, StorageObjectTable, UploadRow, VodDb } from '../tables.ts';

export type StorageObject = Selectable<StorageObjectTable>;

/** PostgreSQL takes 65,535 parameters in a statement. */
const ROWS_PER_INSERT = 1000;

/** `{account folder}/{media folder}`: the folder that an upload opens, without a slash at the end. */
export function folderOf(upload: Pick<UploadRow, 'media_key'>): string {
  return upload.media_key.split('/').slice(0, 2).join('/');
}

/** Makes an uploaded object a file of its media. */
export async function insertFile(
  tx: VodDb,
  upload: UploadRow,
  object: StorageObject,
  kind: ArtifactKind,
): Promise<void> {
  await tx
    .insertInto('vod.artifact')
    .values(toArtifact(upload, object, kind))
    .execute();
}

/** The same for all that was put beside the source: addressed under the media's folder, so that a playlist finds its segments. */
export async function insertSegments(
  tx: VodDb,
  upload: UploadRow,
  objects: readonly StorageObject[],
): Promise<void> {
  for (let at = 0; at < objects.length; at += ROWS_PER_INSERT) {
    const rows = objects
      .slice(at, at + ROWS_PER_INSERT)
      .map((object) => toArtifact(upload, object, 'SourceSegment'));
    await tx.insertInto('vod.artifact').values(rows).execute();
  }
}

function toArtifact(upload: UploadRow, object: StorageObject, kind: ArtifactKind) {
  const folder = folderOf(upload);
  const name = object.object_key.slice(folder.length + 1);
  return {
    file_id: upload.file_id,
    kind,
    folder,
    name,
    blob_key: object.blob_key,
    // By the name's extension, never by what the client claimed when it put the file.
    content_type: findContentType(name),
    size_bytes: object.size_bytes,
    md5: object.md5,
  };
}

function findContentType(name: string): string {
  return findFileType(name.slice(name.lastIndexOf('.') + 1))?.contentType ?? 'application/octet-stream';
}
