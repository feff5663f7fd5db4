// The event receiver where requests are Request and answers are Response: Deno, Bun, workers. In Hono:
//   app.post('/callback', (c) => handle(c.req.raw));
import { toFetchHandler, type Receiver } from '@vodstack/receiver';

export function createFetchHandler(receiver: Receiver): (request: Request) => Promise<Response> {
  const handle = toFetchHandler(receiver);
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (request.method !== 'POST' || !pathname.startsWith('/callback'))
      return new Response(null, { status: 404 });
    return handle(request);
  };
}
