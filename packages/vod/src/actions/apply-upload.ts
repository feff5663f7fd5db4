import { ApiError, invalidParameterValue } from '@vodstack/protocol';
import { resolveSubAppId } from '../applications.ts';
import { findFileType, type FileType } from '../media/file-types.ts';
import { DEFAULT_STORAGE_REGION, isStorageRegion, type StorageRegion } from '../media/locations.ts';
import { findProcedureTask } from '../procedures/procedure-repository.ts';
import { parseMediaProcessTask } from '../tasks/parse-media-process.ts';
import { openUpload } from '../upload/upload-session.ts';
import { defineAction, type Action, type ActionContext } from './action.ts';
import type { ApplyUploadRequest } from './request-types.ts';

const MAX_SOURCE_CONTEXT = 250;
const MAX_SESSION_CONTEXT = 1000;
/** Ours: every event repeats the name. */
const MAX_MEDIA_NAME = 1000;
const MAX_CLASS_ID = 2_147_483_647;

/** Opens an upload: where to put the file, and a temporary key that may put it there (266/31767). */
export const applyUpload: Action<ApplyUploadRequest> = defineAction({
  name: 'ApplyUpload',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const mediaType = parseMediaType(request.MediaType);
    const coverType = parseCoverType(request.CoverType);
    const expireTime = parseExpireTime(request.ExpireTime, context.clock());
    const procedure = await parseProcedure(context, subAppId, request.Procedure);
    const upload = await openUpload(context, {
      subAppId,
      mediaName: limited('MediaName', request.MediaName || '', MAX_MEDIA_NAME),
      mediaType: mediaType.extension,
      coverType: coverType?.extension,
      region: parseRegion(request.StorageRegion),
      parameters: {
        ...(request.ClassId ? { classId: parseClassId(request.ClassId) } : {}),
        ...(expireTime ? { expireTime } : {}),
        ...(procedure ? { procedure } : {}),
        ...(request.SourceContext
          ? { sourceContext: limited('SourceContext', request.SourceContext, MAX_SOURCE_CONTEXT) }
          : {}),
        ...(request.SessionContext
          ? { sessionContext: limited('SessionContext', request.SessionContext, MAX_SESSION_CONTEXT) }
          : {}),
      },
    });
    return {
      StorageBucket: upload.bucket,
      StorageRegion: upload.region,
      VodSessionKey: upload.session_key,
      MediaStoragePath: `/${upload.media_key}`,
      CoverStoragePath: upload.cover_key ? `/${upload.cover_key}` : '',
      TempCertificate: {
        SecretId: upload.secret_id,
        SecretKey: upload.secret_key,
        Token: upload.token,
        ExpiredTime: Math.floor(upload.expires_at.getTime() / 1000),
      },
    };
  },
});

function parseMediaType(value: string): FileType {
  const type = findFileType(value);
  if (type) return type;
  throw invalidParameterValue(
    'MediaType',
    `must be a media file's extension such as mp4, mov, mkv or mp3, got ${JSON.stringify(value.slice(0, 40))}.`,
  );
}

function parseCoverType(value: string | null | undefined): FileType | undefined {
  if (!value) return undefined;
  const type = findFileType(value);
  if (type?.category === 'Image') return type;
  throw invalidParameterValue(
    'CoverType',
    `must be an image file's extension such as jpg or png, got ${JSON.stringify(value.slice(0, 40))}.`,
  );
}

function parseExpireTime(value: string | null | undefined, now: Date): string | undefined {
  if (!value) return undefined;
  const time = new Date(value);
  if (/^\d{4}-\d\d-\d\dT/.test(value) && time.getTime() > now.getTime()) return time.toISOString();
  throw invalidParameterValue(
    'ExpireTime',
    `must be a time to come in ISO 8601, such as 2030-01-01T00:00:00Z, got ${JSON.stringify(value.slice(0, 40))}.`,
  );
}

function parseClassId(value: number): number {
  if (value >= 0 && value <= MAX_CLASS_ID) return value;
  throw invalidParameterValue('ClassId', `must be 0 to ${MAX_CLASS_ID}, got ${value}.`);
}

function parseRegion(value: string | null | undefined): StorageRegion {
  if (!value) return DEFAULT_STORAGE_REGION;
  if (isStorageRegion(value)) return value;
  throw invalidParameterValue(
    'StorageRegion',
    `names no storage region of this server: ${JSON.stringify(value.slice(0, 40))}.`,
  );
}

function limited(name: string, value: string, maxCharacters: number): string {
  if (value.length <= maxCharacters) return value;
  throw new ApiError(
    'InvalidParameterValue',
    `The parameter \`${name}\` may have ${maxCharacters} characters at most, got ${value.length}.`,
  );
}

async function parseProcedure(
  { db }: ActionContext,
  subAppId: number,
  text: string | null | undefined,
): Promise<string | undefined> {
  if (!text) return undefined;
  const task = await findProcedureTask(db, subAppId, text);
  if (!task) {
    throw invalidParameterValue(
      'Procedure',
      `names no procedure template: ${JSON.stringify(text.slice(0, 40))}.`,
    );
  }
  // Only the old inline form can be wrong here: it must not be found out after the upload.
  parseMediaProcessTask(task);
  return text;
}
