import { invalidParameterValue } from '@vodstack/protocol';
import { sql } from 'kysely';
import { resolveSubAppId } from '../applications.ts';
import type { ArtifactKind } from '../tables.ts';
import { toWireTime } from '../media/wire-time.ts';
import { type ActionContext, defineAction, type Action } from './action.ts';
import type { ListFilesRequest } from './request-types.ts';

const DEFAULT_KEYS = 100;
const MAX_KEYS = 100;
const CATEGORIES = ['Video', 'Audio', 'Image', 'Other'] as const;

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
  readonly kind: ArtifactKind;
  readonly folder: string;
  readonly source_folder: string;
  readonly subtitle_id: string | null;
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
    for (;;) {
      const next = await findNext(context, listing, marker);
      if (!next || contents.length + prefixes.length === maxKeys) {
        return toAnswer(contents, prefixes, next ? marker : undefined);
      }
      const folder = commonPrefix(listing, next.key);
      if (folder === undefined) contents.push(next);
      else prefixes.push(folder);
      marker = folder ?? next.key;
    }
  },
});

/** The first file after the marker; a marker that is a folder's common prefix stands for all that is in the folder. */
async function findNext(
  { db }: ActionContext,
  { subAppId, prefix, delimiter, categories }: Listing,
  marker: string,
): Promise<File | undefined> {
  const key = sql<string>`(file.folder || '/' || file.name) collate "C"`;
  let query = db
    .selectFrom('vod.artifact as file')
    .innerJoin('vod.media as media', 'media.file_id', 'file.file_id')
    .leftJoin('vod.subtitle as subtitle', 'subtitle.artifact_id', 'file.artifact_id')
    .select([
      key.as('key'),
      'file.created_at',
      'file.md5',
      'file.size_bytes',
      'file.file_id',
      'file.kind',
      'file.definition',
      'file.folder',
      'media.source_folder',
      'media.category',
      'subtitle.subtitle_id',
    ])
    .where('media.sub_app_id', '=', subAppId)
    .where(sql<boolean>`starts_with(file.folder || '/' || file.name, ${prefix})`)
    .where(sql<boolean>`${key} > ${marker}`)
    .orderBy(key)
    .limit(1);
  if (delimiter !== '' && marker.startsWith(prefix) && marker.endsWith(delimiter)) {
    query = query.where(sql<boolean>`not starts_with(file.folder || '/' || file.name, ${marker})`);
  }
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
      ETag: file.md5,
      Size: file.size_bytes,
      StorageClass: 'STANDARD',
      FileId: file.file_id,
      Category: file.category,
      FileType: toFileType(file),
      Definition: file.definition,
      SubtitleID: file.subtitle_id ?? '',
    })),
  };
}

const FILE_TYPES: Record<Exclude<ArtifactKind, 'Cover'>, string> = {
  Source: 'OriginalFiles',
  SourceSegment: 'OriginalFiles',
  Subtitle: 'SubtitleFiles',
  Transcode: 'TranscodeFiles',
  AdaptiveDynamicStreaming: 'AdaptiveDynamicStreamingFiles',
  SampleSnapshot: 'SampleSnapshotFiles',
  ImageSprites: 'ImageSpriteFiles',
  SnapshotByTimeOffset: 'SnapshotByTimeOffsetFiles',
  // The cloud's list has no name for these.
  AnimatedGraphics: 'AnimatedGraphicsFiles',
};

/** A cover counts as what it is deleted with: the original when it was uploaded, else the renditions. */
function toFileType({ kind, folder, source_folder }: File): string {
  if (kind !== 'Cover') return FILE_TYPES[kind];
  return folder === source_folder ? 'OriginalFiles' : 'TranscodeFiles';
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
