// The event receiver as a Fastify plugin: app.register(receiverPlugin, { receiver }). The body stays bytes, as they were sent.
import type { Receiver } from '@vodstack/receiver';
import type { FastifyInstance } from 'fastify';

export async function receiverPlugin(
  app: FastifyInstance,
  { receiver }: { receiver: Receiver },
): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post('/callback/*', async (request, reply) => {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const path = request.url.split('?')[0] ?? '';
    const result = await receiver.handle(request.body as Uint8Array | undefined, { path, headers });
    return reply.code(result.status).type('text/plain').send(result.body);
  });
}
