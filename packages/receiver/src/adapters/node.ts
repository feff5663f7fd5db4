import type { IncomingMessage, ServerResponse } from 'node:http';
import { MAX_BODY_BYTES } from '../parse/notification.ts';
import type { ReceiveMeta, Receiver } from '../receiver.ts';
import { collectBody } from './body.ts';

export interface HttpAdapterOptions {
  /** Larger bodies are answered 413; 1 MiB by default, which is also the most that a receiver takes. */
  readonly maxBodyBytes?: number;
}

/** For `http.createServer`, Express and the like; the body must not have been read before. Answers text/plain. */
export function toNodeHandler(
  receiver: Receiver,
  options: HttpAdapterOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  const maxBytes = options.maxBodyBytes ?? MAX_BODY_BYTES;
  return (request, response) => {
    // A sender that hangs up before its body is complete has nobody left to answer.
    answer(receiver, { request, response, maxBytes }).catch(() => response.destroy());
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly maxBytes: number;
}

async function answer(receiver: Receiver, { request, response, maxBytes }: Exchange): Promise<void> {
  const body = await collectBody(request, maxBytes);
  if (body === null) {
    receiver.log(
      `Notification refused (413): expected at most ${maxBytes} bytes, got more; check that the sender is the VOD service`,
    );
    response.setHeader('Connection', 'close');
    send(response, 413, 'Payload Too Large');
    return;
  }
  const result = await receiver.handle(body, readMeta(request));
  send(response, result.status, result.body);
}

function readMeta(request: IncomingMessage): ReceiveMeta {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  // Express and the like rewrite `url` below the place where a handler is mounted; the end is the same.
  return {
    path: (request.url ?? '').split('?')[0] ?? '',
    headers: Object.fromEntries(headers) as Record<string, string>,
  };
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
