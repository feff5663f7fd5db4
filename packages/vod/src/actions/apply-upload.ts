import { invalidParameterValue } from '@vodstack/protocol';
import { resolveActiveSubAppId } from '../applications.ts';
import { findFileType, type FileType } from '../media/file-types.ts';
import {
  limited,
  parseClassId,
  parseExpireTime,
  parseProcedure,
  parseRegion,
} from '../media/media-parameters.ts';
import { defineAction, type Action } from './action.ts';
import type { ApplyUploadRequest } from './request-types.ts';

const MAX_SOURCE_CONTEXT = 250;
const MAX_SESSION_CONTEXT = 1000;
/** Ours: every event repeats the name. */
const MAX_MEDIA_NAME = 1000;

/** Opens an upload: where to put the file, and a temporary key that may put it there (266/31767). */
export const applyUpload: Action<ApplyUploadRequest> = defineAction({
  name: 'ApplyUpload',
  async handle(context, request) {
    const subAppId = await resolveActiveSubAppId(context, request.SubAppId);
    const mediaType = parseMediaType(request.MediaType);
    const coverType = parseCoverType(request.CoverType);
    const expireTime = parseExpireTime(request.ExpireTime, context.clock());
    const procedure = await parseProcedure(context, subAppId, request.Procedure);
    const upload = await context.openUpload({
      subAppId,
      mediaName: limited('MediaName', request.MediaName || '', MAX_MEDIA_NAME),
      mediaType: mediaType.extension,
      coverType: coverType?.extension,
      region: parseRegion(request.StorageRegion),
      parameters: {
        ...(request.ClassId ? { classId: await parseClassId(context, subAppId, request.ClassId) } : {}),
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
