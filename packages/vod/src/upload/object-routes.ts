import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { VodContext } from '../context.ts';
import { parseByteRange } from '../media/byte-range.ts';
import { authorizeBucket, authorizeObject } from './authorize-object.ts';
import { discardBody } from './discard-body.ts';
import { listMultiparts, listObjects, parseMaxKeys } from './listing.ts';
import { completeMultipart } from './complete-multipart.ts';
import {
  abortMultipart,
  initiateMultipart,
  listParts,
  type MultipartContext,
  uploadPart,
} from './multipart.ts';
import { createPartPlaces } from './part-places.ts';
import {
  assertOffered,
  forgetContentType,
  objectKey,
  type ObjectRequest,
  queryOf,
  rawKeyPath,
  sentHeaders,
  toRequestId,
} from './object-request.ts';
import { assertNotCommitted } from './open-upload.ts';
import { recordObject, removeObject } from './record-object.ts';
import { StorageError, toErrorXml } from './storage-error.ts';
import {
  completedXml,
  initiatedXml,
  objectsXml,
  parseCompletion,
  partsXml,
  uploadsXml,
} from './storage-xml.ts';
import { storeBody } from './store-body.ts';

/** 10,000 parts of a hundred-odd bytes each, and room. */
const MAX_COMPLETION_BYTES = 4 * 1024 * 1024;
const MAX_PARTS_LISTED = 1000;

type Handler = (
  context: MultipartContext,
  request: ObjectRequest,
  reply: FastifyReply,
) => Promise<FastifyReply>;

/**
 * The object storage that uploads go to, by path: `/cos/{bucket}/{region}/{key}` (COS XML API, 436/7751). What a client signs
 * is `/{key}` alone: neither the clients' path-style option nor the host form has the prefix in the signed path.
 */
export async function registerObjectRoutes(app: FastifyInstance, vod: VodContext): Promise<void> {
  const context = { ...vod, places: createPartPlaces() };
  // Before any routing, so that also what has no route gets its request id: without one the clients try their other host.
  app.addHook('onRequest', async (request, reply) => {
    if (isObjectRequest(request) && !METHODS.has(request.method)) {
      return await answerObjectError(context, new StorageError('MethodNotAllowed'), request, reply);
    }
    return undefined;
  });
  await app.register(async (scope) => {
    // Bodies are streamed to the disk, whatever type the client gives them (see forgetContentType).
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.addHook('onRequest', async (request, reply) => {
      forgetContentType(request);
      reply.headers(commonHeaders(request));
    });
    scope.setErrorHandler((error, request, reply) => answerObjectError(context, error, request, reply));
    const url = '/cos/:bucket/:region/*';
    scope.all('/cos/*', () => {
      throw new StorageError('NoSuchBucket');
    });
    scope.options(url, (_request, reply) => reply.code(204).send());
    for (const [method, handler] of [
      ['PUT', putObject],
      ['POST', postObject],
      ['HEAD', readObject],
      ['GET', getObject],
      ['DELETE', deleteObject],
    ] as const satisfies [string, Handler][]) {
      scope.route({
        method,
        url,
        exposeHeadRoute: false,
        handler: async (request, reply) => {
          assertOffered(request as ObjectRequest);
          return await handler(context, request as ObjectRequest, reply);
        },
      });
    }
  });
}

const METHODS: ReadonlySet<string> = new Set(['PUT', 'POST', 'HEAD', 'GET', 'DELETE', 'OPTIONS']);

export function isObjectRequest({ url }: Pick<FastifyRequest, 'url'>): boolean {
  return url.startsWith('/cos/');
}

/** The request id, and that browsers of any origin may upload: what they may do is in the signature. */
function commonHeaders(request: FastifyRequest): Record<string, string> {
  return {
    'x-cos-request-id': toRequestId(request),
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, PUT, POST, DELETE, HEAD',
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
    'access-control-expose-headers': 'ETag, x-cos-request-id, Date, Content-Length',
    'access-control-max-age': '600',
  };
}

async function putObject(
  context: MultipartContext,
  request: ObjectRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const upload = await authorizeObject(context, request);
  assertNotCommitted(upload);
  const query = queryOf(request);
  const uploadId = query.get('uploadId');
  if (uploadId !== null) {
    const md5 = await uploadPart(context, upload, request, {
      uploadId,
      partNumber: Number(query.get('partNumber')),
    });
    return reply.header('etag', `"${md5}"`).send();
  }
  const key = objectKey(request);
  const stored = await storeBody(context, request, `media/${upload.file_id}/upload-${randomUUID()}`);
  try {
    await recordObject(context, upload, {
      key,
      ...stored,
      etag: stored.md5,
      contentType: sentHeaders(request)['content-type']?.[0],
    });
  } catch (error) {
    await context.blobs.delete(stored.blobKey);
    throw error;
  }
  return reply.header('etag', `"${stored.md5}"`).send();
}

async function postObject(
  context: MultipartContext,
  request: ObjectRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const upload = await authorizeObject(context, request);
  assertNotCommitted(upload);
  const named = { bucket: request.params.bucket, key: objectKey(request) };
  const query = queryOf(request);
  const uploadId = query.get('uploadId');
  if (query.has('uploads')) {
    return sendXml(reply, initiatedXml(named, await initiateMultipart(context, upload, request)));
  }
  if (uploadId === null) throw new StorageError('NotImplemented');
  const parts = parseCompletion(await readCompletion(request));
  // Nothing moves on the connection while a large file is joined, and that is no reason to close it.
  request.raw.socket.setTimeout(0);
  const etag = await completeMultipart(context, upload, request, { uploadId, named: parts });
  return sendXml(reply, completedXml(named, `${context.publicUrl()}/${named.key}`, etag));
}

async function readCompletion(request: ObjectRequest): Promise<string> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_COMPLETION_BYTES)
    throw new StorageError('EntityTooLarge');
  let size = 0;
  request.raw.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_COMPLETION_BYTES) request.raw.destroy();
  });
  return await text(request.raw);
}

async function getObject(
  context: VodContext,
  request: ObjectRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = queryOf(request);
  const page = {
    bucket: request.params.bucket,
    key: objectKey(request),
    isEncoded: query.get('encoding-type') === 'url',
  };
  if (page.key === '') return await listBucket(context, request, reply);
  const uploadId = query.get('uploadId');
  if (uploadId === null) return await readObject(context, request, reply);
  const upload = await authorizeObject(context, request);
  const parts = await listParts(context, upload, request, uploadId);
  const marker = Number(query.get('part-number-marker') ?? 0) || 0;
  const maxParts = Math.min(
    Number(query.get('max-parts') ?? MAX_PARTS_LISTED) || MAX_PARTS_LISTED,
    MAX_PARTS_LISTED,
  );
  return sendXml(reply, partsXml({ ...page, uploadId, parts, marker, maxParts }));
}

/** The bucket's objects, or its unfinished multipart uploads. */
async function listBucket(
  context: VodContext,
  request: ObjectRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const sessionKey = (await authorizeBucket(context, request))?.session_key;
  const query = queryOf(request);
  const isOfUploads = query.has('uploads');
  const page = {
    bucket: request.params.bucket,
    sessionKey,
    isEncoded: query.get('encoding-type') === 'url',
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    marker: query.get(isOfUploads ? 'key-marker' : 'marker') ?? '',
    maxKeys: parseMaxKeys(query.get(isOfUploads ? 'max-uploads' : 'max-keys')),
  };
  if (!isOfUploads) return sendXml(reply, objectsXml(page, await listObjects(context, page)));
  const asked = { ...page, uploadIdMarker: query.get('upload-id-marker') ?? '' };
  return sendXml(reply, uploadsXml(asked, await listMultiparts(context, asked)));
}

/** GET and HEAD of an object that was put and not committed yet; afterwards it is a media and has its media URL. */
async function readObject(
  context: VodContext,
  request: ObjectRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const key = objectKey(request);
  // Browsers race HEAD requests, unsigned, to find the nearest region.
  if (key === '' && request.method === 'HEAD') return reply.send();
  await authorizeObject(context, request);
  const object = await context.db
    .selectFrom('vod.storage_object')
    .selectAll()
    .where('bucket', '=', request.params.bucket)
    .where('object_key', '=', key)
    .executeTakeFirst();
  if (!object) throw new StorageError('NoSuchKey');
  const range =
    request.method === 'GET' ? parseByteRange(request.headers.range, object.size_bytes) : undefined;
  if (range === 'unsatisfiable') throw new StorageError('InvalidRange');
  reply.headers({
    etag: `"${object.etag}"`,
    'content-length': String(range ? range.end - range.start + 1 : object.size_bytes),
    'content-type': 'application/octet-stream',
    'last-modified': object.created_at.toUTCString(),
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
  });
  if (range)
    reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${object.size_bytes}`);
  return request.method === 'HEAD' ? reply.send() : reply.send(context.blobs.read(object.blob_key, range));
}

async function deleteObject(
  context: VodContext,
  request: ObjectRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const upload = await authorizeObject(context, request);
  const uploadId = queryOf(request).get('uploadId');
  if (uploadId !== null) {
    await abortMultipart(context, upload, request, uploadId);
    return reply.code(204).send();
  }
  await removeObject(context, upload, objectKey(request));
  return reply.code(204).send();
}

function sendXml(reply: FastifyReply, xml: string): FastifyReply {
  return reply.type('application/xml').send(xml);
}

/** Sends the storage's error document, also for requests that no route has seen. */
export function answerObjectError(
  { logger }: Pick<VodContext, 'logger'>,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const known =
    error instanceof StorageError ? error : new StorageError('InternalError', undefined, { cause: error });
  if (known.status >= 500)
    logger.error({ err: error, requestId: request.id }, 'an object storage request failed');
  reply.code(known.status).headers(commonHeaders(request)).type('application/xml');
  discardBody(request.raw);
  const resource = rawKeyPath(request as ObjectRequest);
  return reply.send(
    request.method === 'HEAD' ? undefined : toErrorXml(known, resource, toRequestId(request)),
  );
}
