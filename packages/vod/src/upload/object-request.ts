import type { FastifyRequest } from 'fastify';
import { StorageError } from './storage-error.ts';

/** A request of the object storage: `/cos/{bucket}/{region}/{key}`. */
export type ObjectRequest = FastifyRequest<{ Params: { bucket: string; region: string; '*': string } }>;

export function objectKey(request: ObjectRequest): string {
  return request.params['*'];
}

/** The query as sent, without `?`. */
export function rawQuery(request: ObjectRequest): string {
  const at = request.url.indexOf('?');
  return at < 0 ? '' : request.url.slice(at + 1);
}

export function queryOf(request: ObjectRequest): URLSearchParams {
  return new URLSearchParams(rawQuery(request));
}

/** The key part of the request target as it was sent, still encoded: only that is what the client signed. */
export function rawKeyPath(request: ObjectRequest): string {
  const path = request.url.split('?', 1)[0] ?? '';
  return `/${path.split('/').slice(4).join('/')}`;
}

export function toRequestId(request: FastifyRequest): string {
  return Buffer.from(request.id).toString('base64url');
}

/**
 * Takes the type of the body out of the framework's sight: it refuses an empty one, which is what the official client sends
 * when it begins a multipart upload.
 */
export function forgetContentType(request: FastifyRequest): void {
  delete request.raw.headers['content-type'];
}

/** All headers as they came, the content type too: the signature may cover it. */
export function sentHeaders(request: FastifyRequest): NodeJS.Dict<string[]> {
  return request.raw.headersDistinct;
}

/** Operations of COS that work on something else than an object's bytes: a PUT of one must not become the object. */
const OTHER_RESOURCES = [
  'acl',
  'tagging',
  'retention',
  'restore',
  'append',
  'delete',
  'cors',
  'lifecycle',
  'policy',
  'versioning',
  'versions',
  'website',
  'replication',
  'logging',
  'inventory',
  'encryption',
  'referer',
] as const;

/** COS limit (436/13324). */
const MAX_KEY_BYTES = 850;

/** @throws StorageError NotImplemented for what this storage does not offer, InvalidArgument for what no key can be */
export function assertOffered(request: ObjectRequest): void {
  // PostgreSQL takes every character but this one.
  if (request.url.includes('%00'))
    throw new StorageError('InvalidArgument', 'U+0000 is not allowed in a URL.');
  if (Buffer.byteLength(objectKey(request)) > MAX_KEY_BYTES) throw new StorageError('KeyTooLong');
  const query = queryOf(request);
  const isOther = OTHER_RESOURCES.some((name) => query.has(name)) || 'x-cos-copy-source' in request.headers;
  if (isOther || (objectKey(request) === '' && !isOfferedForBucket(request, query))) {
    throw new StorageError('NotImplemented');
  }
}

/** To read it: what is in it, and whether it is there. */
function isOfferedForBucket({ method }: ObjectRequest, query: URLSearchParams): boolean {
  return method === 'HEAD' || (method === 'GET' && !query.has('list-type'));
}
