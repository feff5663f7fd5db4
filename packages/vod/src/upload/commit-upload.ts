import { ApiError } from '@vodstack/protocol';
import { notifyLive } from '@vodstack/platform';
import type { VodContext } from '../context.ts';
import { emitEvent } from '../events/outbox.ts';
import { toBasicInfo } from '../media/media-info.ts';
import { findMedia, type MediaWithArtifacts } from '../media/media-repository.ts';
import { startUploadProcedure } from '../procedures/start-procedure.ts';
import type { ArtifactKind, UploadRow, VodDb } from '../tables.ts';
import { findMultipartIds, forgetMultiparts } from './forget-multiparts.ts';
import { inspectMedia, type Inspection } from './inspect-media.ts';
import { insertMedia, type NewMedia } from './insert-media.ts';
import { lockUpload } from './open-upload.ts';
import { replaceCover } from './replace-cover.ts';
import { folderOf, type StorageObject, toFile } from './upload-files.ts';

/** How often a file may be replaced under the probe's eyes before the commit is refused. */
const MAX_ATTEMPTS = 5;

/**
 * Turns an upload into a media and reports NewFileUpload, in one transaction. A second commit of the same session changes
 * nothing and gives the same media: clients repeat a commit whose answer they did not get.
 * @throws ApiError InvalidParameterValue.VodSessionKey for an unknown or expired session, ResourceNotFound when no file was put
 */
export async function commitUpload(
  context: VodContext,
  subAppId: number,
  sessionKey: string,
): Promise<MediaWithArtifacts> {
  const upload = await findUpload(context, subAppId, sessionKey);
  if (!upload.committed_at) {
    await (upload.replaces_cover ? replaceCover(context, upload) : createMedia(context, upload));
  }
  const found = (await findMedia(context.db, subAppId, [upload.file_id])).get(upload.file_id);
  if (found) return found;
  throw new ApiError('ResourceNotFound', `The media ${upload.file_id} of this upload has been deleted.`);
}

async function findUpload(context: VodContext, subAppId: number, sessionKey: string): Promise<UploadRow> {
  const upload = await context.db
    .selectFrom('vod.upload')
    .selectAll()
    .where('session_key', '=', sessionKey)
    .where('sub_app_id', '=', subAppId)
    .executeTakeFirst();
  if (upload && (upload.committed_at || upload.expires_at > context.clock())) return upload;
  throw new ApiError(
    'InvalidParameterValue.VodSessionKey',
    upload
      ? 'The parameter `VodSessionKey` has expired: an upload must be committed within a day. Call ApplyUpload again.'
      : 'The parameter `VodSessionKey` names no upload of this application: use the one that ApplyUpload returned.',
  );
}

async function createMedia(context: VodContext, upload: UploadRow): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const source = await findObject(context.db, upload, upload.media_key);
    if (!source) throw noFile(upload);
    const inspection = await inspectMedia(context, source.blob_key, source.md5);
    const leftovers = await context.db
      .transaction()
      .execute((tx) => commit(context, tx, { upload, source, inspection }));
    for (const key of leftovers ?? []) await context.blobs.delete(key);
    if (leftovers) return;
  }
  throw new ApiError(
    'FailedOperation',
    'The file is being uploaded anew all the time: finish that before CommitUpload.',
  );
}

function noFile(upload: UploadRow): ApiError {
  return new ApiError(
    'ResourceNotFound',
    `No complete file was uploaded to /${upload.media_key}: put the file there before CommitUpload.`,
  );
}

/**
 * The one transaction that makes the media, however many commit at once.
 * @returns blobs that nobody needs any more; undefined when the file was put anew while it was inspected
 */
async function commit(
  context: VodContext,
  tx: VodDb,
  { upload, source, inspection }: { upload: UploadRow; source: StorageObject; inspection: Inspection },
): Promise<string[] | undefined> {
  const current = await lockUpload(tx, upload.session_key);
  if (current?.committed_at) return [];
  const objects = await findObjects(tx, upload);
  if (objects.get(upload.media_key)?.blob_key !== source.blob_key) return undefined;
  await markCommitted(context, tx, upload);
  await insertMedia(tx, toNewMedia(upload, inspection, [...objects.values()]));
  await forgetObjects(tx, upload);
  const procedureTaskId = await startUploadProcedure(context, tx, {
    subAppId: upload.sub_app_id,
    fileId: upload.file_id,
    procedure: upload.parameters.procedure,
    sessionContext: upload.parameters.sessionContext,
    notifyMode: upload.parameters.tasksNotifyMode,
    priority: upload.parameters.tasksPriority,
  });
  await reportUpload(context, tx, upload, procedureTaskId);
  return await forgetMultiparts(tx, await findMultipartIds(tx, upload.session_key));
}

async function findObject(db: VodDb, upload: UploadRow, key: string): Promise<StorageObject | undefined> {
  return await db
    .selectFrom('vod.storage_object')
    .selectAll()
    .where('bucket', '=', upload.bucket)
    .where('object_key', '=', key)
    .executeTakeFirst();
}

async function findObjects(db: VodDb, upload: UploadRow): Promise<Map<string, StorageObject>> {
  const rows = await db
    .selectFrom('vod.storage_object')
    .selectAll()
    .where('session_key', '=', upload.session_key)
    .execute();
  return new Map(rows.map((row) => [row.object_key, row]));
}

async function markCommitted({ clock }: VodContext, tx: VodDb, upload: UploadRow): Promise<void> {
  await tx
    .updateTable('vod.upload')
    .set({ committed_at: clock() })
    .where('session_key', '=', upload.session_key)
    .execute();
}

/** The source and the cover that were announced, and whatever was put beside them. */
function toNewMedia(upload: UploadRow, inspection: Inspection, objects: readonly StorageObject[]): NewMedia {
  const kinds = new Map<string | null, ArtifactKind>([
    [upload.media_key, 'Source'],
    [upload.cover_key, 'Cover'],
  ]);
  return {
    fileId: upload.file_id,
    subAppId: upload.sub_app_id,
    name: upload.media_name,
    type: upload.media_type,
    region: upload.region,
    sourceFolder: folderOf(upload),
    sourceType: 'Upload',
    parameters: upload.parameters,
    inspection,
    files: objects.map((object) => toFile(upload, object, kinds.get(object.object_key) ?? 'SourceSegment')),
  };
}

async function forgetObjects(tx: VodDb, upload: UploadRow): Promise<void> {
  await tx.deleteFrom('vod.storage_object').where('session_key', '=', upload.session_key).execute();
}

/** Tells of a new media, in the transaction that makes it. */
export async function reportUpload(
  context: VodContext,
  tx: VodDb,
  upload: Pick<UploadRow, 'sub_app_id' | 'file_id'>,
  procedureTaskId: string,
): Promise<void> {
  const found = (await findMedia(tx, upload.sub_app_id, [upload.file_id])).get(upload.file_id);
  if (!found) throw new Error(`media ${upload.file_id} vanished inside its own transaction`);
  await emitEvent(tx, {
    subAppId: upload.sub_app_id,
    fileId: upload.file_id,
    type: 'NewFileUpload',
    content: {
      FileId: upload.file_id,
      MediaBasicInfo: toBasicInfo(found, context.publicUrl()),
      ProcedureTaskId: procedureTaskId,
      ReviewAudioVideoTaskId: '',
      ...(found.media.meta_data ? { MetaData: found.media.meta_data } : {}),
    },
  });
  await notifyLive(tx, { kind: 'media', id: upload.file_id });
}
