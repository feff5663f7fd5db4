import { invalidParameterValue } from '@vodstack/protocol';
import { sql, type SqlBool } from 'kysely';
import { resolveSubAppId } from '../applications.ts';
import { type ClassTree, readClassTree } from '../classes/class-tree.ts';
import { toMediaInfo } from '../media/media-info.ts';
import {
  anyOf,
  fitting,
  hasAnyTag,
  isOneOf,
  nameBeginsWith,
  type SearchFilter,
  type WantedText,
} from '../media/search-filter.ts';
import { MAX_HITS, type MediaSearch, searchMedia as findHits } from '../media/search-media.ts';
import { type ActionContext, defineAction, type Action } from './action.ts';
import type { SearchMediaRequest } from './request-types.ts';

const DEFAULT_LIMIT = 10;
const MAX_TEXT = 64;
const MAX_CLASSES = 10;

type Request = SearchMediaRequest;

/** Finds media by what is known of them; every filter that is given must fit (266/31813). */
export const searchMedia: Action<Request> = defineAction({
  name: 'SearchMedia',
  unsupported: [
    'ReviewResults',
    'TrtcSdkAppIds',
    'TrtcRoomIds',
    'StreamDomains',
    'StreamPaths',
    'KnowledgeBases',
  ],
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const search = await toSearch(context, subAppId, request);
    const { fileIds, totalCount } = search
      ? await findHits(context.db, search)
      : { fileIds: [], totalCount: 0 };
    const found = fileIds.length === 0 ? new Map() : await context.findMedia(subAppId, fileIds);
    const filters = request.Filters ?? [];
    return {
      TotalCount: totalCount,
      MediaInfoSet: fileIds.flatMap((fileId) => {
        const media = found.get(fileId);
        return media ? [toMediaInfo(media, filters, context.publicUrl())] : [];
      }),
    };
  },
});

/** @returns undefined when no media can be found, whatever there is */
async function toSearch(
  context: ActionContext,
  subAppId: number,
  request: Request,
): Promise<MediaSearch | undefined> {
  const texts = toWantedTexts(request);
  const tree = request.ClassIds?.length ? await readClassTree(context.db, subAppId) : undefined;
  const search = {
    subAppId,
    filters: [
      ...textFilters(subAppId, texts),
      ...prefixFilters(subAppId, request),
      ...listFilters(subAppId, request),
      ...(tree ? [isInClass(subAppId, tree, checkClassIds(request))] : []),
      ...expiryFilters(request, context.clock()),
    ],
    ...parseCreateTime(request),
    wanted: Object.values(texts).flat(),
    isAscending: parseOrder(request) === 'Asc',
    ...parsePage(request),
  };
  return isOfNone(request) ? undefined : search;
}

interface WantedTexts {
  readonly names: readonly WantedText[];
  readonly descriptions: readonly WantedText[];
  /** Of the old field, which looks at both. */
  readonly texts: readonly WantedText[];
}

function toWantedTexts(request: Request): WantedTexts {
  const text = request.Text || '';
  if (text.length > MAX_TEXT) {
    throw invalidParameterValue('Text', `may have ${MAX_TEXT} characters at most, got ${text.length}.`);
  }
  return {
    names: checkList(request, 'Names', 10, 100).map((name) => ({ column: 'name', text: name })),
    descriptions: checkList(request, 'Descriptions', 10, 100).map((part) => ({
      column: 'description',
      text: part,
    })),
    texts: text
      ? [
          { column: 'name', text },
          { column: 'description', text },
        ]
      : [],
  };
}

function textFilters(subAppId: number, texts: WantedTexts): SearchFilter[] {
  return Object.values(texts)
    .filter((list: readonly WantedText[]) => list.length > 0)
    .map((list: readonly WantedText[]) => anyOf(list.map((text) => fitting(subAppId, text, 'part'))));
}

function prefixFilters(subAppId: number, request: Request): SearchFilter[] {
  const prefixes = checkList(request, 'NamePrefixes', 10, 100);
  return prefixes.length > 0 ? [anyOf(prefixes.map((prefix) => nameBeginsWith(subAppId, prefix)))] : [];
}

function listFilters(subAppId: number, request: Request): SearchFilter[] {
  const fileIds = [...checkList(request, 'FileIds', 10), ...checkList(request, 'Vids', 10)];
  if (request.Vid) fileIds.push(request.Vid);
  const tags = checkList(request, 'Tags', 16, 32);
  const sources: string[] = checkList(request, 'SourceTypes', 10);
  if (request.SourceType) sources.push(request.SourceType);
  const lists = [
    ['k', checkList(request, 'Categories', 3, 20, ['Video', 'Audio', 'Image'])],
    ['r', checkList(request, 'StorageRegions', 20)],
    ['y', checkList(request, 'MediaTypes', 10).map((type) => type.toLowerCase())],
    ['s', checkList(request, 'Status', 10, 20, ['Normal', 'SystemForbidden', 'Forbidden'])],
    ['o', sources],
  ] as const;
  return [
    ...(fileIds.length > 0 ? [{ row: sql<SqlBool>`file_id = any(${fileIds}::text[])` }] : []),
    ...(tags.length > 0 ? [hasAnyTag(subAppId, tags)] : []),
    ...lists.flatMap(([kind, values]) => (values.length > 0 ? [isOneOf(subAppId, kind, values)] : [])),
  ];
}

/** What is not recorded for any media here finds none. */
function isOfNone(request: Request): boolean {
  // Everything is kept in the standard class.
  const classes = checkList(request, 'StorageClasses', 10);
  return (
    (classes.length > 0 && !classes.includes('STANDARD')) ||
    [request.StreamIds, request.ReviewResults, request.TrtcSdkAppIds, request.TrtcRoomIds].some(hasEntries) ||
    [request.StreamDomains, request.StreamPaths, request.KnowledgeBases].some(hasEntries) ||
    Boolean(request.StreamId)
  );
}

function hasEntries(list: readonly unknown[] | null | undefined): boolean {
  return Boolean(list && list.length > 0);
}

function checkClassIds({ ClassIds }: Request): number[] {
  const classIds = (ClassIds ?? []).map(Number);
  if (classIds.length <= MAX_CLASSES) return classIds;
  throw invalidParameterValue('ClassIds', `may have ${MAX_CLASSES} entries at most, got ${classIds.length}.`);
}

function isInClass(subAppId: number, tree: ClassTree, classIds: readonly number[]): SearchFilter {
  const wanted = new Set<number>();
  const open = [...classIds];
  for (let classId = open.pop(); classId !== undefined; classId = open.pop()) {
    if (wanted.has(classId)) continue;
    wanted.add(classId);
    open.push(...tree.childrenOf(classId).map(({ class_id }) => class_id));
  }
  return isOneOf(subAppId, 'c', [...wanted]);
}

/** Both ends of a range are included, and times have whole seconds on the wire; the old EndTime is not. */
function parseCreateTime(request: Request): Pick<MediaSearch, 'createdFrom' | 'createdBefore'> {
  const last = parseTime('CreateTime.Before', request.CreateTime?.Before);
  return {
    createdFrom:
      parseTime('CreateTime.After', request.CreateTime?.After) ?? parseTime('StartTime', request.StartTime),
    createdBefore: last ? nextSecond(last) : parseTime('EndTime', request.EndTime),
  };
}

/** Between its end and its deletion a media is not found any more. */
function expiryFilters({ ExpireTime }: Request, now: Date): SearchFilter[] {
  const after = parseTime('ExpireTime.After', ExpireTime?.After);
  const before = parseTime('ExpireTime.Before', ExpireTime?.Before);
  return [
    { row: sql<SqlBool>`(expire_at is null or expire_at > ${now})` },
    ...(after ? [{ row: sql<SqlBool>`expire_at >= ${after}` }] : []),
    ...(before ? [{ row: sql<SqlBool>`expire_at < ${nextSecond(before)}` }] : []),
  ];
}

function nextSecond(time: Date): Date {
  return new Date(time.getTime() + 1000);
}

function parseTime(name: string, value: string | null | undefined): Date | undefined {
  if (!value) return undefined;
  const time = new Date(value);
  if (/^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(time.getTime())) return time;
  throw invalidParameterValue(
    name,
    `must be a time in ISO 8601, such as 2030-01-01T00:00:00Z, got ${JSON.stringify(value.slice(0, 40))}.`,
  );
}

type ListName = {
  [Name in keyof Request]-?: NonNullable<Request[Name]> extends readonly (string | number)[] ? Name : never;
}[keyof Request];
type Entry<Name extends ListName> = NonNullable<Request[Name]>[number];

/** @throws ApiError when the list has too many entries, or one that is too long or not one of those that there are */
function checkList<Name extends ListName>(
  request: Request,
  name: Name,
  maxEntries: number,
  maxCharacters = 100,
  known?: readonly string[],
): Entry<Name>[] {
  const list = [...(request[name] ?? [])] as Entry<Name>[];
  if (list.length > maxEntries) {
    throw invalidParameterValue(name, `may have ${maxEntries} entries at most, got ${list.length}.`);
  }
  for (const text of list) {
    if (text.length > maxCharacters) {
      throw invalidParameterValue(
        name,
        `may have entries of ${maxCharacters} characters, got ${text.length}.`,
      );
    }
    if (text === '') throw invalidParameterValue(name, 'must not have empty entries.');
    if (known && !known.includes(text)) {
      throw invalidParameterValue(name, `must be of ${known.join(', ')}, got ${JSON.stringify(text)}.`);
    }
  }
  return list;
}

/** The field does not matter when a text is searched for: then the better fit comes first (266/31813). */
function parseOrder({ Sort, Names, Descriptions, Text }: Request): 'Asc' | 'Desc' {
  const field = Sort?.Field || 'CreateTime';
  const isByText = hasEntries(Names) || hasEntries(Descriptions) || Boolean(Text);
  if (field !== 'CreateTime' && !isByText) {
    throw invalidParameterValue(
      'Sort',
      `must have the Field CreateTime, got ${JSON.stringify(field.slice(0, 40))}.`,
    );
  }
  const order = Sort?.Order || 'Desc';
  if (order === 'Asc' || order === 'Desc') return order;
  throw invalidParameterValue(
    'Sort',
    `must have the Order Asc or Desc, got ${JSON.stringify(order.slice(0, 40))}.`,
  );
}

function parsePage({ Offset, Limit }: Request): { offset: number; limit: number } {
  const [offset, limit] = [Offset ?? 0, Limit ?? DEFAULT_LIMIT];
  if (offset >= 0 && limit >= 0 && offset + limit <= MAX_HITS) return { offset, limit };
  throw invalidParameterValue(
    'Offset',
    `and \`Limit\` together may be ${MAX_HITS} at most, got ${offset} and ${limit}.`,
  );
}
