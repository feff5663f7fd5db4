import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';
import { z } from 'zod';
import { MAX_UPLOADS_LISTED, type NamedPart, type OpenMultipart, type Part } from './multipart.ts';
import { StorageError } from './storage-error.ts';

const builder = new XMLBuilder({ suppressEmptyNode: false });
// Part numbers and ETags stay text: an ETag of digits only must not become a number.
const parser = new XMLParser({ parseTagValue: false, ignoreDeclaration: true, processEntities: true });

function toXml(document: Record<string, unknown>): string {
  return `<?xml version='1.0' encoding='utf-8' ?>\n${builder.build(document)}`;
}

interface Named {
  readonly bucket: string;
  readonly key: string;
}

export function initiatedXml({ bucket, key }: Named, uploadId: string): string {
  return toXml({ InitiateMultipartUploadResult: { Bucket: bucket, Key: key, UploadId: uploadId } });
}

export function completedXml({ bucket, key }: Named, location: string, etag: string): string {
  return toXml({
    CompleteMultipartUploadResult: { Location: location, Bucket: bucket, Key: key, ETag: `"${etag}"` },
  });
}

export interface PageOptions {
  /** The client asked for `encoding-type=url`: keys and prefixes go out percent-encoded. */
  readonly isEncoded: boolean;
}

export interface PartsPage extends Named, PageOptions {
  readonly uploadId: string;
  readonly parts: readonly Part[];
  readonly marker: number;
  readonly maxParts: number;
}

/** At most `maxParts` parts after the one numbered `marker`. */
export function partsXml(page: PartsPage): string {
  const after = page.parts.filter(({ part_number }) => part_number > page.marker);
  const shown = after.slice(0, page.maxParts);
  const isTruncated = after.length > shown.length;
  return toXml({
    ListPartsResult: {
      Bucket: page.bucket,
      ...(page.isEncoded ? { EncodingType: 'url' } : {}),
      Key: encodeIf(page, page.key),
      UploadId: page.uploadId,
      StorageClass: 'STANDARD',
      PartNumberMarker: page.marker,
      ...(isTruncated ? { NextPartNumberMarker: shown.at(-1)?.part_number ?? page.marker } : {}),
      MaxParts: page.maxParts,
      IsTruncated: isTruncated,
      Part: shown.map((part) => ({
        PartNumber: part.part_number,
        LastModified: part.created_at.toISOString(),
        ETag: `"${part.md5}"`,
        Size: part.size_bytes,
      })),
    },
  });
}

export interface UploadsPage extends PageOptions {
  readonly bucket: string;
  readonly prefix: string;
  readonly uploads: readonly OpenMultipart[];
}

export function uploadsXml(page: UploadsPage): string {
  return toXml({
    ListMultipartUploadsResult: {
      Bucket: page.bucket,
      ...(page.isEncoded ? { EncodingType: 'url' } : {}),
      KeyMarker: '',
      UploadIdMarker: '',
      MaxUploads: MAX_UPLOADS_LISTED,
      IsTruncated: false,
      Prefix: encodeIf(page, page.prefix),
      Delimiter: '',
      Upload: page.uploads.map((upload) => ({
        Key: encodeIf(page, upload.object_key),
        UploadId: upload.upload_id,
        StorageClass: 'STANDARD',
        Initiated: upload.created_at.toISOString(),
      })),
    },
  });
}

function encodeIf({ isEncoded }: PageOptions, text: string): string {
  return isEncoded ? encodeURIComponent(text) : text;
}

const partElement = z.object({ PartNumber: z.string().regex(/^\d{1,5}$/), ETag: z.string() });
const completion = z.object({
  CompleteMultipartUpload: z.object({ Part: z.union([z.array(partElement), partElement]) }),
});

/** The parts that CompleteMultipartUpload names. ETags come with quotes, escaped quotes, or none. */
export function parseCompletion(xml: string): NamedPart[] {
  const parsed = XMLValidator.validate(xml) === true ? completion.safeParse(parser.parse(xml)) : undefined;
  if (!parsed?.success) {
    throw new StorageError(
      'MalformedXML',
      'The body must be <CompleteMultipartUpload> with a <Part> of <PartNumber> and <ETag> each.',
    );
  }
  const { Part } = parsed.data.CompleteMultipartUpload;
  return [Part].flat().map((part) => ({
    partNumber: Number(part.PartNumber),
    etag: part.ETag.trim().replaceAll(/^"|"$/g, ''),
  }));
}
