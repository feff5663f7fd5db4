import type { IncomingMessage } from 'node:http';

/** A client that is sending still may do so for this long, and reads the answer meanwhile. */
const LINGER_MS = 2000;

/**
 * Reads on what a refused request still sends, for a while, then closes the connection. Closed at once, the system would
 * reset it, and the client would often see a broken connection instead of the refusal.
 */
export function discardBody(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(() => request.destroy(), LINGER_MS);
  request.once('end', () => clearTimeout(timer));
  request.once('close', () => clearTimeout(timer));
  request.resume();
}
