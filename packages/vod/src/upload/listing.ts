import { sql } from 'kysely';
import type { VodContext } from '../context.ts';
import { StorageError } from './storage-error.ts';

/** COS lists at most this many at once (436/7734, 436/7736). */
const MAX_LISTED = 1000;

/** One page of a bucket's names in the order of their bytes. */
export interface ListingQuery {
  readonly bucket: string;
  /** Only what this upload session put; undefined: all of the bucket. */
  readonly sessionKey: string | undefined;
  readonly prefix: string;
  /** Names that go on after the prefix with this are shown as one common prefix. */
  readonly delimiter: string;
  /** Names up to this one have been shown. */
  readonly marker: string;
  readonly maxKeys: number;
}

export interface Listing<Item> {
  readonly items: readonly Item[];
  readonly commonPrefixes: readonly string[];
  readonly isTruncated: boolean;
  /** The last name shown: the marker of the next page. */
  readonly nextMarker: string;
}

interface Named {
  readonly object_key: string;
}

export interface ListedObject extends Named {
  readonly etag: string;
  readonly size_bytes: number;
  readonly created_at: Date;
}

export interface OpenMultipart extends Named {
  readonly upload_id: string;
  readonly created_at: Date;
}

/** @throws StorageError InvalidArgument */
export function parseMaxKeys(text: string | null): number {
  if (text === null || text === '') return MAX_LISTED;
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text), MAX_LISTED);
  throw new StorageError('InvalidArgument', 'The most to list must be a number from 0 to 1000.');
}

/** What has been put into a bucket and not been committed yet. */
export async function listObjects({ db }: VodContext, page: ListingQuery): Promise<Listing<ListedObject>> {
  return await collect(page, async (after, isAfterPrefix) => {
    let query = db
      .selectFrom('vod.storage_object as object')
      .select(['object.object_key', 'object.etag', 'object.size_bytes', 'object.created_at'])
      .where('object.bucket', '=', page.bucket)
      .where(sql<boolean>`starts_with(object.object_key, ${page.prefix})`)
      .where(isBehind('object.object_key', after, isAfterPrefix));
    if (page.sessionKey !== undefined) query = query.where('object.session_key', '=', page.sessionKey);
    return await query
      .orderBy(sql`object.object_key collate "C"`)
      .limit(page.maxKeys + 1)
      .execute();
  });
}

/** A bucket's unfinished multipart uploads: several of one key are shown in the order of their ids. */
export async function listMultiparts(
  { db }: VodContext,
  page: ListingQuery & { readonly uploadIdMarker: string },
): Promise<Listing<OpenMultipart>> {
  return await collect(page, async (after, isAfterPrefix) => {
    const behind = isBehind('multipart.object_key', after, isAfterPrefix);
    const sameKey = sql<boolean>`multipart.object_key = ${after} and multipart.upload_id collate "C" > ${page.uploadIdMarker}`;
    let query = db
      .selectFrom('vod.multipart_upload as multipart')
      .innerJoin('vod.upload as upload', 'upload.session_key', 'multipart.session_key')
      .select(['multipart.upload_id', 'multipart.object_key', 'multipart.created_at'])
      .where('upload.bucket', '=', page.bucket)
      .where(sql<boolean>`starts_with(multipart.object_key, ${page.prefix})`)
      .where(
        page.uploadIdMarker && after === page.marker ? sql<boolean>`(${behind} or (${sameKey}))` : behind,
      );
    if (page.sessionKey !== undefined) query = query.where('multipart.session_key', '=', page.sessionKey);
    return await query
      .orderBy(sql`multipart.object_key collate "C"`)
      .orderBy(sql`multipart.upload_id collate "C"`)
      .limit(page.maxKeys + 1)
      .execute();
  });
}

/** Names behind a marker; behind a common prefix means behind all that begin with it. */
function isBehind(column: string, after: string, isAfterPrefix: boolean) {
  const name = sql.ref(column);
  const behind = sql<boolean>`${name} collate "C" > ${after}`;
  return isAfterPrefix ? sql<boolean>`(${behind} and not starts_with(${name}, ${after}))` : behind;
}

/** Fills a page: what has a delimiter behind the prefix is rolled up, and skipped as a whole. */
async function collect<Item extends Named>(
  { prefix, delimiter, marker, maxKeys }: ListingQuery,
  read: (after: string, isAfterPrefix: boolean) => Promise<Item[]>,
): Promise<Listing<Item>> {
  const items: Item[] = [];
  const commonPrefixes: string[] = [];
  let after = marker;
  let isAfterPrefix = delimiter !== '' && marker.endsWith(delimiter);
  const done = (isTruncated: boolean): Listing<Item> => ({
    items,
    commonPrefixes,
    isTruncated,
    nextMarker: after,
  });
  for (;;) {
    const rows = await read(after, isAfterPrefix);
    let rolled = false;
    for (const row of rows) {
      if (items.length + commonPrefixes.length >= maxKeys) return done(maxKeys > 0);
      const at = delimiter ? row.object_key.indexOf(delimiter, prefix.length) : -1;
      if (at < 0) {
        items.push(row);
        [after, isAfterPrefix] = [row.object_key, false];
        continue;
      }
      // Read on behind all of it.
      after = row.object_key.slice(0, at + delimiter.length);
      commonPrefixes.push(after);
      isAfterPrefix = true;
      rolled = true;
      break;
    }
    if (!rolled) return done(false);
  }
}
