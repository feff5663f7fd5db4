import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { VodContext } from '../context.ts';
import type { ArtifactKind, MediaRow, VodDb } from '../tables.ts';

/** Something small that a request carried, stored and not yet part of a media. */
export interface AttachedFile {
  readonly kind: Extract<ArtifactKind, 'Cover' | 'Subtitle'>;
  readonly name: string;
  readonly contentType: string;
  readonly blobKey: string;
  readonly sizeBytes: number;
  readonly md5: string;
}

/** The bytes of Base64 text (RFC 4648, also its URL-safe form, also behind `data:…;base64,`); empty when it is none. */
export function decodeBase64(text: string): Buffer {
  const compact = text.replace(/^data:[\w/+.-]+;base64,/, '').replaceAll(/\s/g, '');
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(compact) ? Buffer.from(compact, 'base64') : Buffer.alloc(0);
}

/** Stores bytes for a media. Whoever does not record them must delete the blob. */
export async function storeAttachment(
  { blobs }: VodContext,
  fileId: string,
  file: Pick<AttachedFile, 'kind' | 'name' | 'contentType'> & { readonly bytes: Buffer },
): Promise<AttachedFile> {
  const { bytes, kind, name, contentType } = file;
  const blobKey = `media/${fileId}/${kind.toLowerCase()}-${randomUUID()}`;
  await blobs.write(blobKey, Readable.from([bytes]), { expectedBytes: bytes.length });
  return {
    kind,
    name,
    contentType,
    blobKey,
    sizeBytes: bytes.length,
    md5: createHash('md5').update(bytes).digest('hex'),
  };
}

/** Gives a stored file its address, beside the media's source. */
export async function recordAttachment(
  tx: VodDb,
  media: Pick<MediaRow, 'file_id' | 'source_folder'>,
  file: AttachedFile,
): Promise<number> {
  const row = await tx
    .insertInto('vod.artifact')
    .values({
      file_id: media.file_id,
      kind: file.kind,
      folder: media.source_folder,
      name: file.name,
      blob_key: file.blobKey,
      content_type: file.contentType,
      size_bytes: file.sizeBytes,
      md5: file.md5,
    })
    .returning('artifact_id')
    .executeTakeFirstOrThrow();
  return row.artifact_id;
}
