import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fresh from 'fresh';
import type { VodContext } from '../context.ts';
import { type ByteRange, parseByteRange } from '../media/byte-range.ts';
import { MEDIA_FOLDER_PATTERN } from '../media/locations.ts';
import { CORS_HEADERS, registerPreflight } from './cors.ts';
import { isDrmToken, splitDrmToken } from './drm-token.ts';
import { createGuard, type Guard } from './guard.ts';
import { isPlaylist } from './hls-playlist.ts';
import { type MediaBody, openBody } from './media-body.ts';
import { findMediaFile, type MediaFile } from './media-file.ts';

interface MediaPath {
  Params: { account: string; media: string; '*': string };
}

/**
 * Serves everything that belongs to a media under the cloud's kind of address, with ranges (RFC 9110 section 14), conditional
 * requests (section 13) and CORS for players on other origins.
 */
export function registerMediaRoutes(app: FastifyInstance, context: VodContext): void {
  const url = `/:account(^${MEDIA_FOLDER_PATTERN}$)/:media(^[0-9a-f]{8}[0-9]{17,20}$)/*`;
  const guard = createGuard(context);
  app.route<MediaPath>({
    // Together: the HEAD route that the framework makes of a GET one puts Content-Length to 0.
    method: ['GET', 'HEAD'],
    url,
    handler: (request, reply) => serve(context, guard, request, reply),
  });
  registerPreflight(app, url);
}

async function serve(
  context: VodContext,
  guard: Guard,
  request: FastifyRequest<MediaPath>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { account, media, '*': path } = request.params;
  const { name, token } = splitDrmToken(path);
  // U+0000 is the one character that PostgreSQL does not take, so no file has it in its name.
  const file = name.includes('\0') ? undefined : await findMediaFile(context, `${account}/${media}`, name);
  reply.headers(CORS_HEADERS);
  if (!file) return reply.code(404).send({ message: 'There is no such media file.' });
  const admission = guard.admit(request, file);
  if (!admission.ok) return refuse(reply, admission.message);
  if (token !== undefined && !isTokenOf(context, file, token)) {
    return refuse(reply, 'The token of this playlist is wrong or has expired.');
  }
  const [requestPath = ''] = request.url.split('?', 1);
  const body = await openBody(context, file, { path: requestPath, grant: admission.grant, drmToken: token });
  reply.headers({
    'accept-ranges': 'bytes',
    'cache-control': 'no-cache',
    'content-type': file.content_type,
    etag: `"${body.etag}"`,
    'last-modified': file.created_at.toUTCString(),
    // What users upload must never run as a page of this origin.
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  });
  if (fresh(request.headers, toCachedHeaders(reply))) return reply.code(304).send();
  return sendBytes(body, request, reply);
}

function refuse(reply: FastifyReply, message: string): FastifyReply {
  return reply.code(403).header('cache-control', 'no-store').send({ message });
}

function isTokenOf({ clock }: VodContext, file: MediaFile, token: string): boolean {
  const nowSec = Math.floor(clock().getTime() / 1000);
  const secret = file.protection?.drm_secret;
  return (
    secret !== undefined && isPlaylist(file) && isDrmToken(token, { secret, fileId: file.file_id, nowSec })
  );
}

function toCachedHeaders(reply: FastifyReply): Record<string, string> {
  return { etag: String(reply.getHeader('etag')), 'last-modified': String(reply.getHeader('last-modified')) };
}

function sendBytes(body: MediaBody, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { sizeBytes } = body;
  const range = selectRange(request, reply, sizeBytes);
  if (range === 'unsatisfiable') {
    return reply.code(416).header('content-range', `bytes */${sizeBytes}`).send();
  }
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${sizeBytes}`);
  reply.header('content-length', String(range ? range.end - range.start + 1 : sizeBytes));
  return request.method === 'HEAD' ? reply.send() : reply.send(body.read(range));
}

/** What of the body to send; undefined for all of it. Ranges are defined for GET alone (RFC 9110 section 14.2). */
function selectRange(
  request: FastifyRequest,
  reply: FastifyReply,
  sizeBytes: number,
): ByteRange | 'unsatisfiable' | undefined {
  const { range, 'if-range': condition } = request.headers;
  const isCurrent = !condition || Object.values(toCachedHeaders(reply)).some((value) => value === condition);
  return isCurrent && request.method === 'GET' ? parseByteRange(range, sizeBytes) : undefined;
}
