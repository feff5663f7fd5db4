import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/**
 * Serves the built console under `/console/`. Every path that is not a file is a page of the single-page application.
 * @param folder the build's output; when it is missing, the pages say how to build it
 */
export async function registerConsolePages(
  app: FastifyInstance,
  folder: string,
  publicUrl: () => string,
): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    app.get('/console/*', (_request, reply) =>
      reply
        .code(503)
        .type('text/plain')
        .send('The console has not been built: run "npm start", which builds it.'),
    );
    return;
  }
  await app.register(async (scope) => {
    scope.addHook('onSend', async (_request, reply) => {
      reply.headers({
        'content-security-policy': contentSecurityPolicy(publicUrl()),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'x-frame-options': 'DENY',
      });
    });
    await scope.register(fastifyStatic, {
      root: folder,
      prefix: '/console/',
      wildcard: false,
      index: false,
      cacheControl: false,
      preCompressed: true,
      setHeaders(reply, path) {
        // Built files carry a hash in their name; the page itself must always be asked for.
        const isHashed = path.includes(join('dist', 'assets'));
        reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
    scope.get('/console', (_request, reply) => reply.redirect('/console/', 302));
    scope.get('/console/*', (_request, reply) => reply.sendFile('index.html'));
  });
}

/** Nothing inline, nothing from elsewhere; media may come from the address that their URLs carry. */
function contentSecurityPolicy(publicUrl: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    `img-src 'self' blob: ${publicUrl}`,
    `media-src 'self' blob: ${publicUrl}`,
    `connect-src 'self' ${publicUrl}`,
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
