import { invalidParameterValue, type models } from '@vodstack/protocol';
import { resolveSubAppId } from '../../applications.ts';
import type { ActionContext } from '../../actions/action.ts';
import type { VodContext } from '../../context.ts';
import { findFileType } from '../../media/file-types.ts';
import { findMedia } from '../../media/media-repository.ts';
import type { NotifyMode, UploadParameters, UploadRow, VodDb } from '../../tables.ts';
import { openCoverUpload, prolongUpload } from '../upload-session.ts';
import type { UploadGrant } from './check-signature.ts';
import type { ApplyBody } from './ugc-bodies.ts';
import { UgcError } from './ugc-error.ts';

export type UgcContext = VodContext & Pick<ActionContext, 'caller'>;

/** Runs the API's ApplyUpload on a transaction. */
export type ApplyUpload = (
  db: VodDb,
  request: Record<string, unknown>,
) => Promise<models.ApplyUploadResponse>;

/**
 * Opens an upload, resumes one (`vodSessionKey`), or opens one for a new cover (`fileId`). A one-time signature is used up by
 * an upload that it opened: not by a refusal, and not by a resumption.
 */
export async function applyUgc(
  context: UgcContext,
  { grant, body, apply }: { grant: UploadGrant; body: ApplyBody; apply: ApplyUpload },
): Promise<UploadRow> {
  const subAppId = await resolveSubAppId(context, toSubAppId(grant));
  if (body.vodSessionKey) return await resume(context, subAppId, body.vodSessionKey);
  return await context.db.transaction().execute(async (db) => {
    const inside = { ...context, db };
    await claim(inside, grant);
    if (body.fileId) return await openCover(inside, subAppId, { ...body, fileId: body.fileId });
    const { VodSessionKey = '' } = await apply(db, toApplyRequest(subAppId, grant, body));
    return await addParameters(inside, VodSessionKey, grant);
  });
}

/** `0`, as the installers write it, and nothing mean the primary application. */
export function toSubAppId({ params }: UploadGrant): number | undefined {
  const text = params.get('vodSubAppId');
  if (!text) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UgcError('invalidParameter', 'vodSubAppId in the signature must be a number.');
}

async function resume(context: VodContext, subAppId: number, sessionKey: string): Promise<UploadRow> {
  const upload = await prolongUpload(context, subAppId, sessionKey);
  if (upload) return upload;
  throw new UgcError(
    'unknownSession',
    'vodSessionKey names no open upload of this application: it has expired, was committed, or never was. Begin anew.',
  );
}

/** Of two uploads at once with the same signature, the second waits here for what becomes of the first. */
async function claim({ db }: VodContext, { oneTime }: UploadGrant): Promise<void> {
  if (!oneTime) return;
  const claimed = await db
    .insertInto('vod.used_signature')
    .values({ digest: oneTime.digest, expires_at: oneTime.expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .returning('digest')
    .executeTakeFirst();
  if (!claimed) {
    throw new UgcError('signatureUsed', 'This one-time signature has been used: get a new one.');
  }
}

function toApplyRequest(subAppId: number, { params }: UploadGrant, body: ApplyBody): Record<string, unknown> {
  const wanted = {
    SubAppId: subAppId,
    MediaName: body.videoName,
    MediaType: body.videoType,
    CoverType: body.coverType,
    ExpireTime: body.ExpireTime,
    StorageRegion: params.get('storageRegion') || body.storageRegion,
    ClassId: params.get('classId'),
    Procedure: params.get('procedure'),
    SourceContext: params.get('sourceContext'),
    SessionContext: params.get('sessionContext'),
  };
  return Object.fromEntries(
    Object.entries(wanted).filter(([, value]) => value !== undefined && value !== ''),
  );
}

async function openCover(
  context: VodContext,
  subAppId: number,
  { fileId, coverType }: { fileId: string; coverType?: string | undefined },
): Promise<UploadRow> {
  const found = (await findMedia(context.db, subAppId, [fileId])).get(fileId);
  if (!found) throw invalidParameterValue('fileId', 'names no media of this application.');
  const type = findFileType(coverType ?? '');
  if (type?.category !== 'Image') {
    throw invalidParameterValue('coverType', "must be an image file's extension such as jpg or png.");
  }
  return await openCoverUpload(context, { media: found.media, coverType: type.extension });
}

/** What upload signatures may say and ApplyUpload has no parameter for. */
async function addParameters({ db }: VodContext, sessionKey: string, grant: UploadGrant): Promise<UploadRow> {
  const upload = await db
    .selectFrom('vod.upload')
    .selectAll()
    .where('session_key', '=', sessionKey)
    .executeTakeFirstOrThrow();
  const parameters: UploadParameters = { ...upload.parameters, ...toTaskParameters(grant) };
  await db
    .updateTable('vod.upload')
    .set({ parameters: JSON.stringify(parameters) })
    .where('session_key', '=', sessionKey)
    .execute();
  return { ...upload, parameters };
}

function toTaskParameters({
  params,
}: UploadGrant): Pick<UploadParameters, 'tasksPriority' | 'tasksNotifyMode'> {
  const priority = params.get('taskPriority');
  const notifyMode = params.get('taskNotifyMode');
  return {
    ...(priority ? { tasksPriority: parsePriority(priority) } : {}),
    ...(notifyMode ? { tasksNotifyMode: parseNotifyMode(notifyMode) } : {}),
  };
}

function parsePriority(text: string): number {
  if (/^(-?\d|-?10)$/.test(text)) return Number(text);
  throw invalidParameterValue('taskPriority', 'must be -10 to 10.');
}

function parseNotifyMode(text: string): NotifyMode {
  if (text === 'Finish' || text === 'Change' || text === 'None') return text;
  throw invalidParameterValue('taskNotifyMode', 'must be Finish, Change or None.');
}
