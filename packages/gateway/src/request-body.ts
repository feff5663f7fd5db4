import type { IncomingMessage } from 'node:http';

/** API Gateway's limit for what it hands to a function. */
export const MAX_BODY_BYTES: number = 6 * 1024 * 1024;
/** Beyond this, the rest of a refused body is not even read. */
const DRAIN_LIMIT_BYTES = 32 * 1024 * 1024;

export type BodyResult = { kind: 'body'; bytes: Buffer } | { kind: 'too-large' } | { kind: 'aborted' };

/**
 * Reads a whole body as it is, whatever its type. One over the limit is read to its end without being kept: a client
 * that is still sending would see a reset connection instead of the answer.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyResult> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else chunks = [];
      if (size > DRAIN_LIMIT_BYTES) resolve({ kind: 'too-large' });
    });
    request.once('end', () => {
      resolve(size > maxBytes ? { kind: 'too-large' } : { kind: 'body', bytes: Buffer.concat(chunks, size) });
    });
    request.once('error', () => resolve({ kind: 'aborted' }));
    request.once('close', () => resolve({ kind: 'aborted' }));
  });
}
