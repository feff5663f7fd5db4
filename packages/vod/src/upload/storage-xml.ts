import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';
import { z } from 'zod';
import type { ListedObject, Listing, OpenMultipart } from './listing.ts';
import type { NamedPart } from './complete-multipart.ts';
import type { Part } from './multipart.ts';
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

/** What was asked for, to be repeated in the answer. */
export interface ListingPage extends PageOptions {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter: string;
  readonly marker: string;
  readonly maxKeys: number;
}

export function uploadsXml(
  page: ListingPage & { readonly uploadIdMarker: string },
  listing: Listing<OpenMultipart>,
): string {
  return toXml({
    ListMultipartUploadsResult: {
      Bucket: page.bucket,
      ...(page.isEncoded ? { EncodingType: 'url' } : {}),
      KeyMarker: encodeIf(page, page.marker),
      UploadIdMarker: page.uploadIdMarker,
      ...(listing.isTruncated
        ? {
            NextKeyMarker: encodeIf(page, listing.nextMarker),
            NextUploadIdMarker: listing.items.at(-1)?.upload_id ?? '',
          }
        : {}),
      MaxUploads: page.maxKeys,
      IsTruncated: listing.isTruncated,
      Prefix: encodeIf(page, page.prefix),
      Delimiter: encodeIf(page, page.delimiter),
      Upload: listing.items.map((upload) => ({
        Key: encodeIf(page, upload.object_key),
        UploadId: upload.upload_id,
        StorageClass: 'STANDARD',
        Initiated: upload.created_at.toISOString(),
      })),
      CommonPrefixes: toPrefixes(page, listing),
    },
  });
}

export function objectsXml(page: ListingPage, listing: Listing<ListedObject>): string {
  return toXml({
    ListBucketResult: {
      Name: page.bucket,
      ...(page.isEncoded ? { EncodingType: 'url' } : {}),
      Prefix: encodeIf(page, page.prefix),
      Marker: encodeIf(page, page.marker),
      MaxKeys: page.maxKeys,
      Delimiter: encodeIf(page, page.delimiter),
      IsTruncated: listing.isTruncated,
      ...(listing.isTruncated ? { NextMarker: encodeIf(page, listing.nextMarker) } : {}),
      Contents: listing.items.map((object) => ({
        Key: encodeIf(page, object.object_key),
        LastModified: object.created_at.toISOString(),
        ETag: `"${object.etag}"`,
        Size: object.size_bytes,
        StorageClass: 'STANDARD',
      })),
      CommonPrefixes: toPrefixes(page, listing),
    },
  });
}

function toPrefixes(page: PageOptions, { commonPrefixes }: Listing<unknown>): object[] {
  return commonPrefixes.map((prefix) => ({ Prefix: encodeIf(page, prefix) }));
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
