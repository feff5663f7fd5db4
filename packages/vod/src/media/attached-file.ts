import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { VodContext } from '../context.ts';
import type { ArtifactKind, MediaRow } from '../tables.ts';
import type { NewFile } from './insert-files.ts';

/** The bytes of Base64 text (RFC 4648, also its URL-safe form, also behind `data:…;base64,`); empty when it is none. */
export function decodeBase64(text: string): Buffer {
  const compact = text.replace(/^data:[\w/+.-]+;base64,/, '').replaceAll(/\s/g, '');
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(compact) ? Buffer.from(compact, 'base64') : Buffer.alloc(0);
}

interface PictureType {
  readonly extension: string;
  readonly contentType: string;
  /** What its bytes may begin with. */
  readonly starts: readonly Buffer[];
}

const PICTURES: readonly PictureType[] = [
  { extension: 'png', contentType: 'image/png', starts: [Buffer.from('89504e470d0a1a0a', 'hex')] },
  { extension: 'jpg', contentType: 'image/jpeg', starts: [Buffer.from('ffd8ff', 'hex')] },
  { extension: 'gif', contentType: 'image/gif', starts: [Buffer.from('GIF87a'), Buffer.from('GIF89a')] },
];

/** Which of the pictures that a request may carry (PNG, JPEG, GIF) the bytes begin as. */
export function findPictureType(bytes: Buffer): PictureType | undefined {
  return PICTURES.find(({ starts }) => starts.some((start) => bytes.subarray(0, start.length).equals(start)));
}

/** Stores what a request carried. Whoever does not record it must delete the blob. */
export async function storeBytes(
  { blobs }: Pick<VodContext, 'blobs'>,
  blobKey: string,
  bytes: Buffer,
): Promise<Pick<NewFile, 'blobKey' | 'sizeBytes' | 'md5'>> {
  await blobs.write(blobKey, Readable.from([bytes]), { expectedBytes: bytes.length });
  return { blobKey, sizeBytes: bytes.length, md5: createHash('md5').update(bytes).digest('hex') };
}

/** The same for a file of a media, beside its source. */
export async function storeAttachment(
  context: Pick<VodContext, 'blobs'>,
  media: Pick<MediaRow, 'file_id' | 'source_folder'>,
  { kind, name, bytes }: { kind: Extract<ArtifactKind, 'Cover' | 'Subtitle'>; name: string; bytes: Buffer },
): Promise<NewFile> {
  const blobKey = `media/${media.file_id}/${kind.toLowerCase()}-${randomUUID()}`;
  return { kind, folder: media.source_folder, name, ...(await storeBytes(context, blobKey, bytes)) };
}
