import type { FastifyInstance } from 'fastify';

/** For players on other origins. */
export const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, OPTIONS',
  'access-control-expose-headers': 'Content-Length, Content-Range, ETag, Last-Modified, Accept-Ranges, Date',
} as const;

/** Answers what browsers ask before they send headers of their own; never refused, as it carries nothing. */
export function registerPreflight(app: FastifyInstance, url: string): void {
  app.route({
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
