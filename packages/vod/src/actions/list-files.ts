import { invalidParameterValue } from '@vodstack/protocol';
import { sql } from 'kysely';
import { resolveSubAppId } from '../applications.ts';
import { toWireTime } from '../media/wire-time.ts';
import { type ActionContext, defineAction, type Action } from './action.ts';
import type { ListFilesRequest } from './request-types.ts';

const DEFAULT_KEYS = 100;
const MAX_KEYS = 1000;
const CATEGORIES = ['Video', 'Audio', 'Image'] as const;

interface Listing {
  readonly subAppId: number;
  readonly prefix: string;
  readonly delimiter: string;
  readonly categories: readonly string[];
}

interface File {
  readonly key: string;
  readonly created_at: Date;
  readonly md5: string;
  readonly size_bytes: number;
  readonly file_id: string;
  readonly kind: string;
  readonly definition: number;
  readonly category: string;
}

/** Lists an application's files by their paths, as an object storage would: with prefix, delimiter and marker. */
export const listFiles: Action<ListFilesRequest> = defineAction({
  name: 'ListFiles',
  async handle(context, request) {
    const listing = {
      subAppId: await resolveSubAppId(context, request.SubAppId),
      prefix: (request.Prefix ?? '').replace(/^\//, ''),
      delimiter: request.Delimiter ?? '',
      categories: parseCategories(request.Categories ?? []),
    };
    const maxKeys = parseMaxKeys(request.MaxKeys);
    const contents: File[] = [];
    const prefixes: string[] = [];
    let marker = (request.Marker ?? '').replace(/^\//, '');
    let last = '';
    for (;;) {
      const next = await findNext(context, listing, marker);
      if (!next || contents.length + prefixes.length === maxKeys) {
        return toAnswer(contents, prefixes, next ? last : undefined);
      }
      const folder = commonPrefix(listing, next.key);
      if (folder === undefined) contents.push(next);
      else prefixes.push(folder);
      last = folder ?? next.key;
      // Past everything that begins with the folder's name: U+FFFF comes after all that a path holds.
      marker = folder === undefined ? next.key : `${folder}\uFFFF`;
    }
  },
});

/** The first file after the marker. */
async function findNext(
  { db }: ActionContext,
  { subAppId, prefix, categories }: Listing,
  marker: string,
): Promise<File | undefined> {
  const key = sql<string>`(file.folder || '/' || file.name) collate "C"`;
  let query = db
    .selectFrom('vod.artifact as file')
    .innerJoin('vod.media as media', 'media.file_id', 'file.file_id')
    .select([
      key.as('key'),
      'file.created_at',
      'file.md5',
      'file.size_bytes',
      'file.file_id',
      'file.kind',
      'file.definition',
      'media.category',
    ])
    .where('media.sub_app_id', '=', subAppId)
    .where(sql<boolean>`starts_with(file.folder || '/' || file.name, ${prefix})`)
    .where(sql<boolean>`${key} > ${marker}`)
    .orderBy(key)
    .limit(1);
  if (categories.length > 0) query = query.where('media.category', 'in', categories as 'Video'[]);
  return await query.executeTakeFirst();
}

function commonPrefix({ prefix, delimiter }: Listing, key: string): string | undefined {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

function toAnswer(contents: readonly File[], prefixes: readonly string[], next: string | undefined): object {
  return {
    IsTruncated: next !== undefined,
    NextMarker: next ?? '',
    CommonPrefixes: prefixes,
    Contents: contents.map((file) => ({
      Key: file.key,
      LastModified: toWireTime(file.created_at),
      ETag: `"${file.md5}"`,
      Size: file.size_bytes,
      StorageClass: 'STANDARD',
      FileId: file.file_id,
      Category: file.category,
      FileType: file.kind === 'Source' ? 'OriginalFiles' : `${file.kind}Files`,
      Definition: file.definition,
      SubtitleID: '',
    })),
  };
}

function parseMaxKeys(value: number | null | undefined): number {
  const maxKeys = value ?? DEFAULT_KEYS;
  if (maxKeys >= 1 && maxKeys <= MAX_KEYS) return maxKeys;
  throw invalidParameterValue('MaxKeys', `must be 1 to ${MAX_KEYS}, got ${maxKeys}.`);
}

function parseCategories(categories: readonly string[]): readonly string[] {
  const unknown = categories.find((category) => !(CATEGORIES as readonly string[]).includes(category));
  if (unknown === undefined) return categories;
  throw invalidParameterValue(
    'Categories',
    `must be of ${CATEGORIES.join(', ')}, got ${JSON.stringify(unknown.slice(0, 40))}.`,
  );
}
