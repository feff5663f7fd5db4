import { request } from 'node:http';
import { type ApiAnswer, readAnswer } from './api-call.ts';

export interface RawRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Several pieces are sent in chunks, without a length. */
  readonly body?: string | readonly string[];
}

/** A request with headers exactly as written, which fetch does not send. */
export async function sendRaw({
  url,
  method = 'POST',
  headers = {},
  body = '',
}: RawRequest): Promise<ApiAnswer> {
  const pieces = typeof body === 'string' ? [body] : body;
  const length = typeof body === 'string' ? { 'Content-Length': String(Buffer.byteLength(body)) } : {};
  return await new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: { ...headers, ...length } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject);
      answer.once('end', () => {
        const init = {
          status: answer.statusCode ?? 0,
          headers: { ...answer.headers } as Record<string, string>,
        };
        resolve(readAnswer(new Response(Buffer.concat(chunks), init)));
      });
    });
    sent.once('error', reject);
    for (const piece of pieces) sent.write(piece);
    sent.end();
  });
}
