import { ApiError, invalidParameterValue } from '@vodstack/protocol';
import { resolveActiveSubAppId } from '../applications.ts';
import { findFileType } from '../media/file-types.ts';
import { createPull } from '../pull/create-pull.ts';
import type { PullRequest } from '../tables.ts';
import {
  parseClassId,
  parseExpireTime,
  parseProcedure,
  parseRegion,
  limited,
} from '../media/media-parameters.ts';
import { parseTaskOptions } from '../tasks/task-options.ts';
import { defineAction, type Action } from './action.ts';
import type { PullUploadRequest } from './request-types.ts';

const MAX_URL_CHARACTERS = 4096;
const MAX_SOURCE_CONTEXT = 250;
const MAX_MEDIA_NAME = 1000;
const COVER_TYPES: ReadonlySet<string> = new Set(['gif', 'jpg', 'jpeg', 'png']);

/** Fetches a media from a URL; PullComplete tells what became of it (266/35575). */
export const pullUpload: Action<PullUploadRequest> = defineAction({
  name: 'PullUpload',
  unsupported: ['MediaStoragePath'],
  async handle(context, request) {
    const subAppId = await resolveActiveSubAppId(context, request.SubAppId);
    const options = parseTaskOptions(request);
    if (request.MediaStoragePath) {
      throw invalidParameterValue('MediaStoragePath', 'is not offered: leave it out.');
    }
    await parseProcedure(context, subAppId, request.Procedure);
    if (request.ClassId) await parseClassId(context, subAppId, request.ClassId);
    const taskId = await createPull(context, {
      subAppId,
      ...options,
      request: toPullRequest(request, context.clock()),
    });
    return { TaskId: taskId };
  },
});

function toPullRequest(request: PullUploadRequest, now: Date): PullRequest {
  const url = parseUrl('MediaUrl', request.MediaUrl);
  const mediaType = parseMediaType(request.MediaType || '', url);
  const expireTime = parseExpireTime(request.ExpireTime, now);
  const { SourceContext, SessionContext, Procedure } = request;
  return {
    url: url.href,
    ...(mediaType ? { mediaType } : {}),
    mediaName: limited('MediaName', request.MediaName || fileNameOf(url), MAX_MEDIA_NAME),
    ...(request.CoverUrl ? { cover: parseCover(request.CoverUrl) } : {}),
    region: parseRegion(request.StorageRegion),
    parameters: {
      ...(request.ClassId ? { classId: request.ClassId } : {}),
      ...(expireTime ? { expireTime } : {}),
      ...(Procedure ? { procedure: Procedure } : {}),
      ...(SourceContext
        ? { sourceContext: limited('SourceContext', SourceContext, MAX_SOURCE_CONTEXT) }
        : {}),
      ...(SessionContext ? { sessionContext: SessionContext } : {}),
    },
  };
}

function parseUrl(name: 'MediaUrl' | 'CoverUrl', text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isFetchable = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url && isFetchable && text.length <= MAX_URL_CHARACTERS) return url;
  throw invalidParameterValue(
    name,
    `must be an http or https URL of at most ${MAX_URL_CHARACTERS} characters, got ${JSON.stringify(text.slice(0, 80))}.`,
  );
}

/** What was asked for, else what the URL says; the answer's Content-Type decides when neither does. */
function parseMediaType(asked: string, url: URL): string | undefined {
  const extension = asked || extensionOf(url);
  const type = findFileType(extension);
  if (type) return type.extension;
  if (!asked && extension.toLowerCase() !== 'mpd') return undefined;
  throw new ApiError(
    'FailedOperation.MediaType',
    `${JSON.stringify(extension.slice(0, 40))} is no type of media that can be pulled (DASH cannot): use an extension such as mp4.`,
  );
}

function extensionOf(url: URL): string {
  return /\.([^./]+)$/.exec(url.pathname)?.[1] ?? '';
}

/** Without its extension, as clients name what they upload. */
function fileNameOf(url: URL): string {
  const last = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
  let name = last;
  try {
    name = decodeURIComponent(last);
  } catch {
    // Not percent-encoded after all: the name as it stands.
  }
  return name
    .replaceAll('\0', '')
    .replace(/(.)\.[^.]*$/, '$1')
    .slice(0, MAX_MEDIA_NAME);
}

function parseCover(text: string): { url: string; type: string } {
  const url = parseUrl('CoverUrl', text);
  const type = extensionOf(url).toLowerCase();
  if (COVER_TYPES.has(type)) return { url: url.href, type };
  throw new ApiError(
    'FailedOperation.CoverType',
    `The parameter \`CoverUrl\` must name a gif, jpg, jpeg or png file, got ${JSON.stringify(type.slice(0, 40))}.`,
  );
}
