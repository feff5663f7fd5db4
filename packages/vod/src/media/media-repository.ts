import { type ClassLabel, type ClassTree, readClassTree } from '../classes/class-tree.ts';
import { createBatcher } from '@vodstack/platform';
import { type RawBuilder, sql } from 'kysely';
import type { ArtifactRow, MediaRow, VodDb } from '../tables.ts';

export interface MediaWithArtifacts {
  readonly media: MediaRow;
  readonly artifacts: readonly ArtifactRow[];
  /** Absent where nobody asked for it, and for media without a class. */
  readonly mediaClass?: ClassLabel | undefined;
  readonly subtitles?: readonly Subtitle[];
}

/** Finds media of one application with all their files; unknown ids are simply absent from the map. */
export async function findMedia(
  db: VodDb,
  subAppId: number,
  fileIds: readonly string[],
): Promise<Map<string, MediaWithArtifacts>> {
  if (fileIds.length === 0) return new Map();
  const media = await db
    .selectFrom('vod.media')
    .selectAll()
    .where('sub_app_id', '=', subAppId)
    .where('file_id', '=', anyOf(fileIds))
    .execute();
  const artifacts = await findArtifacts(db, fileIds);
  const labels = await findClasses(db, subAppId, media);
  const subtitles = await findSubtitles(db, fileIds, artifacts);
  return new Map(
    media.map((row) => [
      row.file_id,
      {
        media: row,
        artifacts: artifacts.get(row.file_id) ?? [],
        mediaClass: labels?.labelOf(row.class_id),
        subtitles: subtitles.get(row.file_id) ?? [],
      },
    ]),
  );
}

/** Most media have no class: then nothing is looked up. */
async function findClasses(
  db: VodDb,
  subAppId: number,
  media: readonly MediaRow[],
): Promise<ClassTree | undefined> {
  return media.some(({ class_id }) => class_id !== 0) ? await readClassTree(db, subAppId) : undefined;
}

export interface Subtitle {
  readonly file_id: string;
  readonly subtitle_id: string;
  readonly name: string;
  readonly language: string;
  readonly format: string;
  readonly folder: string;
  readonly file_name: string;
}

async function findSubtitles(
  db: VodDb,
  fileIds: readonly string[],
  artifacts: ReadonlyMap<string, readonly ArtifactRow[]>,
): Promise<Map<string, Subtitle[]>> {
  const hasAny = [...artifacts.values()].some((files) => files.some(({ kind }) => kind === 'Subtitle'));
  if (!hasAny) return new Map();
  const rows = await db
    .selectFrom('vod.subtitle as subtitle')
    .innerJoin('vod.artifact as file', 'file.artifact_id', 'subtitle.artifact_id')
    .selectAll('subtitle')
    .select(['file.folder', 'file.name as file_name'])
    .where('subtitle.file_id', 'in', fileIds)
    .orderBy('subtitle.created_at')
    .orderBy('subtitle.subtitle_id')
    .execute();
  return Map.groupBy(rows, (row) => row.file_id);
}

export type FindMedia = (
  subAppId: number,
  fileIds: readonly string[],
) => Promise<ReadonlyMap<string, MediaWithArtifacts>>;

/** As many calls as are looked up together: some hundred media at most. */
const MAX_JOINED = 32;

/** The same for many callers at once: look-ups that meet become one. What a caller gets may hold other callers' media too. */
export function createMediaFinder(db: VodDb): FindMedia {
  const find = createBatcher(async (wanted: readonly { subAppId: number; fileIds: readonly string[] }[]) => {
    const found = new Map<number, Promise<Map<string, MediaWithArtifacts>>>();
    for (const [subAppId, items] of Map.groupBy(wanted, (item) => item.subAppId)) {
      const fileIds = new Set(items.flatMap((item) => item.fileIds));
      found.set(subAppId, findMedia(db, subAppId, [...fileIds]));
    }
    return await Promise.all(wanted.map(async ({ subAppId }) => (await found.get(subAppId)) ?? new Map()));
  }, MAX_JOINED);
  return (subAppId, fileIds) => find({ subAppId, fileIds });
}

/** The files of each media that lists show, the source first, then by definition; not the parts of results of several files. */
export async function findArtifacts(
  db: VodDb,
  fileIds: readonly string[],
): Promise<Map<string, ArtifactRow[]>> {
  const rows = await db
    .selectFrom('vod.artifact')
    .selectAll()
    .where('file_id', '=', anyOf(fileIds))
    .where('main_id', 'is', null)
    .orderBy('definition')
    .orderBy('artifact_id')
    .execute();
  return Map.groupBy(rows, (row) => row.file_id);
}

/** One text of the query for any number of ids, so that its plan is kept. */
function anyOf(ids: readonly string[]): RawBuilder<string> {
  return sql<string>`any(${ids}::text[])`;
}

export function findSource(found: MediaWithArtifacts): ArtifactRow | undefined {
  return found.artifacts.find((artifact) => artifact.kind === 'Source');
}
