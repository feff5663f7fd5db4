import { dirname, join } from 'node:path/posix';
import { ApiError, type MediaMetaData } from '@vodstack/protocol';
import { sql } from 'kysely';
import type { VodContext } from '../context.ts';
import { emitEvent } from '../events/outbox.ts';
import { newFileId } from '../ids.ts';
import type { PlaylistCut } from '../manifest/cut-playlist.ts';
import { storeBytes } from '../media/attached-file.ts';
import type { NewFile } from '../media/insert-files.ts';
import { DEFAULT_STORAGE_REGION, newMediaLocation, toMediaUrl } from '../media/locations.ts';
import { startUploadProcedure } from '../procedures/start-procedure.ts';
import type { ArtifactRow, UploadParameters } from '../tables.ts';
import { reportUpload } from '../upload/commit-upload.ts';
import { insertMedia } from '../upload/insert-media.ts';
import { noPlaylist, type StoredPlaylist } from './find-playlist.ts';

/** Ours: the answer waits for the copies. */
const MAX_BYTES = 4 * 1024 ** 3;
const PLAYLIST_NAME = 'f0.m3u8';

export interface PersistedClip {
  readonly Url: string;
  readonly FileId: string;
  readonly TaskId: string;
}

/** The part of a playlist as a media of its own, with copies of its segments. */
export async function persistClip(
  context: VodContext,
  playlist: StoredPlaylist,
  { cut, parameters, metaData }: { cut: PlaylistCut; parameters: UploadParameters; metaData: MediaMetaData },
): Promise<PersistedClip> {
  const { media } = playlist;
  const fileId = newFileId();
  const { sub_app_id: subAppId } = media;
  const { sourceFolder } = newMediaLocation(subAppId, fileId, DEFAULT_STORAGE_REGION);
  const sources = await findSegments(context, playlist, cut);
  const files: NewFile[] = [];
  try {
    for (const source of sources)
      files.push(await copyFile(context, source, { fileId, sourceFolder, files }));
    const bytes = Buffer.from(cut.text);
    const stored = await storeBytes(context, `media/${fileId}/clip/playlist`, bytes);
    files.unshift({ kind: 'Source', folder: sourceFolder, name: PLAYLIST_NAME, ...stored });
    const taskId = await context.db.transaction().execute(async (tx) => {
      await insertMedia(tx, {
        fileId,
        subAppId,
        name: media.name,
        type: 'm3u8',
        region: DEFAULT_STORAGE_REGION,
        sourceFolder,
        sourceType: 'VideoProcessing',
        parameters,
        inspection: { metaData, failure: null },
        files,
      });
      const { procedure, sessionContext } = parameters;
      const procedureTaskId = await startUploadProcedure(context, tx, {
        subAppId,
        fileId,
        procedure,
        sessionContext,
      });
      await reportUpload(context, tx, { sub_app_id: subAppId, file_id: fileId }, procedureTaskId);
      const content = { FileId: fileId, PersistenceSource: 'SimpleHlsClip' };
      await emitEvent(tx, { subAppId, fileId, type: 'PersistenceComplete', content });
      return procedureTaskId;
    });
    const Url = toMediaUrl(context.publicUrl(), { folder: sourceFolder, name: PLAYLIST_NAME });
    return { Url, FileId: fileId, TaskId: taskId };
  } catch (error) {
    await Promise.allSettled(files.map(({ blobKey }) => context.blobs.delete(blobKey)));
    throw error;
  }
}

interface Segment {
  readonly uri: string;
  readonly file: ArtifactRow;
}

/** The stored files that a part names: they lie beside their playlist. */
async function findSegments(
  { db }: VodContext,
  { file }: StoredPlaylist,
  { files }: PlaylistCut,
): Promise<Segment[]> {
  const nameOf = (uri: string): string => join(dirname(file.name), uri);
  const rows = await db
    .selectFrom('vod.artifact')
    .selectAll()
    .where('folder', '=', file.folder)
    .where('name', '=', sql<string>`any(${files.map(nameOf)})`)
    .execute();
  const byName = new Map(rows.map((row) => [row.name, row]));
  const segments = files.map((uri) => {
    const row = byName.get(nameOf(uri));
    if (!row || uri.includes('..')) throw noPlaylist('leads to a playlist whose segments are not all there');
    return { uri, file: row };
  });
  const bytes = rows.reduce((sum, { size_bytes }) => sum + size_bytes, 0);
  if (bytes <= MAX_BYTES) return segments;
  throw new ApiError(
    'FailedOperation',
    `The segments have ${bytes} bytes; up to ${MAX_BYTES} are kept as a media of their own. Cut a shorter part.`,
  );
}

async function copyFile(
  { blobs }: VodContext,
  { uri, file }: Segment,
  target: { fileId: string; sourceFolder: string; files: readonly NewFile[] },
): Promise<NewFile> {
  const blobKey = `media/${target.fileId}/clip/${target.files.length}`;
  const expectedBytes = file.size_bytes;
  const { sizeBytes, md5 } = await blobs.write(blobKey, blobs.read(file.blob_key), { expectedBytes });
  return { kind: 'SourceSegment', folder: target.sourceFolder, name: uri, blobKey, sizeBytes, md5 };
}
