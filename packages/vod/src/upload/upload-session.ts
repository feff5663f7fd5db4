import { createBatcher } from '@vodstack/platform';
import type { Insertable } from 'kysely';
import type { VodContext } from '../context.ts';
import { newFileId, newSessionKey, newTemporaryKey, randomHex } from '../ids.ts';
import { newMediaLocation, toBucket, type StorageRegion } from '../media/locations.ts';
import type { MediaRow, UploadParameters, UploadRow } from '../tables.ts';
import type { UploadTable } from '../tables/uploads.ts';

/** Uploads may be resumed for a day (Media Upload Overview). */
const UPLOAD_LIFETIME_MS = 24 * 3600 * 1000;

export interface NewUpload {
  readonly subAppId: number;
  readonly mediaName: string;
  readonly mediaType: string;
  readonly coverType?: string | undefined;
  readonly region: StorageRegion;
  readonly parameters: UploadParameters;
}

/** Opens an upload session with a place of its own and a temporary key for that place. */
export type OpenUpload = (upload: NewUpload) => Promise<UploadRow>;

/** As many sessions as one statement opens. */
const MAX_JOINED = 50;

/** For many callers at once: sessions that are opened while others are being written become one statement. */
export function createUploadOpener(context: VodContext): OpenUpload {
  const insert = createBatcher(async (rows: readonly Insertable<UploadTable>[]) => {
    const made = await context.db
      .insertInto('vod.upload')
      .values([...rows])
      .returningAll()
      .execute();
    const bySession = new Map(made.map((row) => [row.session_key, row]));
    return rows.flatMap(({ session_key }) => bySession.get(session_key) ?? []);
  }, MAX_JOINED);
  return (upload) => insert(toUploadRow(context, upload));
}

function toUploadRow(context: VodContext, upload: NewUpload): Insertable<UploadTable> {
  const fileId = newFileId();
  const location = newMediaLocation(upload.subAppId, fileId, upload.region);
  return {
    session_key: newSessionKey(),
    sub_app_id: upload.subAppId,
    file_id: fileId,
    media_name: upload.mediaName,
    media_type: upload.mediaType,
    bucket: location.bucket,
    region: upload.region,
    media_key: `${location.sourceFolder}/f0.${upload.mediaType}`,
    cover_key: upload.coverType ? newCoverKey(location.sourceFolder, upload.coverType) : null,
    parameters: JSON.stringify(upload.parameters),
    ...newAccess(context),
  };
}

/** The same for a new cover of a media that is there: the key opens the cover's place alone. */
export async function openCoverUpload(
  context: VodContext,
  { media, coverType }: { media: MediaRow; coverType: string },
): Promise<UploadRow> {
  const key = newCoverKey(media.source_folder, coverType);
  return await context.db
    .insertInto('vod.upload')
    .values({
      session_key: newSessionKey(),
      sub_app_id: media.sub_app_id,
      file_id: media.file_id,
      media_name: media.name,
      media_type: media.type,
      bucket: toBucket(media.sub_app_id, media.storage_region),
      region: media.storage_region,
      media_key: key,
      cover_key: key,
      replaces_cover: true,
      parameters: '{}',
      ...newAccess(context),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Gives an open upload another day; its place and its key stay, so that what is under way goes on. */
export async function prolongUpload(
  context: VodContext,
  subAppId: number,
  sessionKey: string,
): Promise<UploadRow | undefined> {
  return await context.db
    .updateTable('vod.upload')
    .set({ expires_at: endOfUpload(context) })
    .where('session_key', '=', sessionKey)
    .where('sub_app_id', '=', subAppId)
    .where('committed_at', 'is', null)
    .where('expires_at', '>', context.clock())
    .returningAll()
    .executeTakeFirst();
}

function newAccess(
  context: VodContext,
): Pick<UploadRow, 'secret_id' | 'secret_key' | 'token' | 'expires_at'> {
  const { secretId, secretKey, token } = newTemporaryKey();
  return { secret_id: secretId, secret_key: secretKey, token, expires_at: endOfUpload(context) };
}

function endOfUpload({ clock }: VodContext): Date {
  return new Date(clock().getTime() + UPLOAD_LIFETIME_MS);
}

function newCoverKey(folder: string, coverType: string): string {
  return `${folder}/cover${randomHex(8)}.${coverType}`;
}
