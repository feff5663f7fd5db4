import type { ArtifactKind, VodDb } from '../tables.ts';
import { contentTypeOf } from './file-types.ts';

/** A stored file that is to get an address. */
export interface NewFile {
  readonly kind: ArtifactKind;
  readonly folder: string;
  /** Below the folder; may hold slashes. */
  readonly name: string;
  readonly blobKey: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly md5: string;
}

/** PostgreSQL takes 65,535 parameters in a statement. */
const ROWS_PER_INSERT = 1000;

/**
 * Makes stored files part of a media, in the caller's transaction.
 * @returns the rows' ids in the files' order
 */
export async function insertFiles(tx: VodDb, fileId: string, files: readonly NewFile[]): Promise<number[]> {
  const ids: number[] = [];
  for (let at = 0; at < files.length; at += ROWS_PER_INSERT) {
    const rows = await tx
      .insertInto('vod.artifact')
      .values(files.slice(at, at + ROWS_PER_INSERT).map((file) => toRow(fileId, file)))
      .returning('artifact_id')
      .execute();
    ids.push(...rows.map(({ artifact_id }) => artifact_id));
  }
  return ids;
}

function toRow(fileId: string, file: NewFile) {
  return {
    file_id: fileId,
    kind: file.kind,
    folder: file.folder,
    name: file.name,
    blob_key: file.blobKey,
    // By the name that we gave or checked, never by what a client claimed when it sent the file.
    content_type: contentTypeOf(file.name),
    size_bytes: file.sizeBytes,
    md5: file.md5,
  };
}
