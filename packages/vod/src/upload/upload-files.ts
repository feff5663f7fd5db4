import type { Selectable } from 'kysely';
import type { NewFile } from '../media/insert-files.ts';
import type { ArtifactKind, StorageObjectTable, UploadRow } from '../tables.ts';

export type StorageObject = Selectable<StorageObjectTable>;

/** `{account folder}/{media folder}`: the folder that an upload opens, without a slash at the end. */
export function folderOf(upload: Pick<UploadRow, 'media_key'>): string {
  return upload.media_key.split('/').slice(0, 2).join('/');
}

/** An uploaded object as a file of its media; addressed under the media's folder, so that a playlist finds its segments. */
export function toFile(upload: UploadRow, object: StorageObject, kind: ArtifactKind): NewFile {
  const folder = folderOf(upload);
  return {
    kind,
    folder,
    name: object.object_key.slice(folder.length + 1),
    blobKey: object.blob_key,
    sizeBytes: object.size_bytes,
    md5: object.md5,
  };
}
