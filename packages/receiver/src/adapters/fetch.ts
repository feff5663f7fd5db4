import { MAX_BODY_BYTES } from '../parse/notification.ts';
import type { Receiver } from '../receiver.ts';
import { collectBody } from './body.ts';
import type { HttpAdapterOptions } from './node.ts';

/** For servers that speak `Request` and `Response`. Larger bodies than `maxBodyBytes` are answered 413. Rejects only when the body can't be read to its end. */
export function toFetchHandler(
  receiver: Receiver,
  options: HttpAdapterOptions = {},
): (request: Request) => Promise<Response> {
  const maxBytes = options.maxBodyBytes ?? MAX_BODY_BYTES;
  return async (request) => {
    const body = request.body === null ? new Uint8Array() : await collectBody(request.body, maxBytes);
    if (body === null) {
      receiver.log(
        `Notification refused (413): expected at most ${maxBytes} bytes, got more; check that the sender is the VOD service`,
      );
      return toResponse(413, 'Payload Too Large');
    }
    const result = await receiver.handle(body, {
      path: new URL(request.url).pathname,
      headers: Object.fromEntries(request.headers),
    });
    return toResponse(result.status, result.body);
  };
}

function toResponse(status: number, body: string): Response {
  return new Response(body, { status, headers: { 'Content-Type': 'text/plain' } });
}
