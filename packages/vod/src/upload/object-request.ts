import type { FastifyRequest } from 'fastify';

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
