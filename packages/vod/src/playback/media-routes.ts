import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fresh from 'fresh';
import type { VodContext } from '../context.ts';
import { type ByteRange, parseByteRange } from '../media/byte-range.ts';
import { MEDIA_FOLDER_PATTERN } from '../media/locations.ts';
import { findWatermarkFile } from '../templates/watermark-image.ts';

interface MediaPath {
  Params: { account: string; media: string; '*': string };
}

interface MediaFile {
  readonly blob_key: string;
  readonly content_type: string;
  readonly size_bytes: number;
  readonly md5: string;
  readonly created_at: Date;
}

const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, OPTIONS',
  'access-control-expose-headers': 'Content-Length, Content-Range, ETag, Last-Modified, Accept-Ranges, Date',
};

/**
 * Serves everything that belongs to a media under the cloud's kind of address, with ranges (RFC 9110 section 14), conditional
 * requests (section 13) and CORS for players on other origins.
 */
export function registerMediaRoutes(app: FastifyInstance, context: VodContext): void {
  const url = `/:account(^${MEDIA_FOLDER_PATTERN}$)/:media(^[0-9a-f]{8}[0-9]{17,20}$)/*`;
  app.route<MediaPath>({
    // Together: the HEAD route that the framework makes of a GET one puts Content-Length to 0.
    method: ['GET', 'HEAD'],
    url,
    handler: (request, reply) => serve(context, request, reply),
  });
  app.route<MediaPath>({
    method: 'OPTIONS',
    url,
    handler: (request, reply) =>
      reply
        .code(204)
        .headers({
          ...CORS_HEADERS,
          'access-control-allow-headers': request.headers['access-control-request-headers'] ?? 'Range',
          'access-control-max-age': '86400',
        })
        .send(),
  });
}

async function serve(
  context: VodContext,
  request: FastifyRequest<MediaPath>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { account, media, '*': name } = request.params;
  // U+0000 is the one character that PostgreSQL does not take, so no file has it in its name.
  const file = name.includes('\0') ? undefined : await findFile(context, `${account}/${media}`, name);
  reply.headers(CORS_HEADERS);
  if (!file) return reply.code(404).send({ message: 'There is no such media file.' });
  reply.headers({
    'accept-ranges': 'bytes',
    'cache-control': 'no-cache',
    'content-type': file.content_type,
    etag: `"${file.md5}"`,
    'last-modified': file.created_at.toUTCString(),
    // What users upload must never run as a page of this origin.
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  });
  if (fresh(request.headers, toCachedHeaders(reply))) return reply.code(304).send();
  return sendBytes(context, file, request, reply);
}

async function findFile({ db }: VodContext, folder: string, name: string): Promise<MediaFile | undefined> {
  const artifact = await db
    .selectFrom('vod.artifact')
    .select(['blob_key', 'content_type', 'size_bytes', 'md5', 'created_at'])
    .where('folder', '=', folder)
    .where('name', '=', name)
    .executeTakeFirst();
  return artifact ?? (await findWatermarkFile(db, folder, name));
}

function toCachedHeaders(reply: FastifyReply): Record<string, string> {
  return { etag: String(reply.getHeader('etag')), 'last-modified': String(reply.getHeader('last-modified')) };
}

function sendBytes(
  context: VodContext,
  file: MediaFile,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const range = selectRange(request, file);
  if (range === 'unsatisfiable') {
    return reply.code(416).header('content-range', `bytes */${file.size_bytes}`).send();
  }
  if (range) {
    reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${file.size_bytes}`);
  }
  reply.header('content-length', String(range ? range.end - range.start + 1 : file.size_bytes));
  if (request.method === 'HEAD') return reply.send();
  return reply.send(context.blobs.read(file.blob_key, range));
}

/** What of the file to send; undefined for all of it. Ranges are defined for GET alone (RFC 9110 section 14.2). */
function selectRange(request: FastifyRequest, file: MediaFile): ByteRange | 'unsatisfiable' | undefined {
  const { range, 'if-range': condition } = request.headers;
  const isCurrent =
    !condition || condition === `"${file.md5}"` || condition === file.created_at.toUTCString();
  return isCurrent && request.method === 'GET' ? parseByteRange(range, file.size_bytes) : undefined;
}
