/** How much of a body past its limit is read and dropped, so that the sender gets to see the answer instead of a reset connection. */
const DRAIN_FACTOR = 8;

/** Collects a body in memory. Returns null when it is larger than `maxBytes`. Rejects when the source fails. */
export async function collectBody(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of source) {
    total += chunk.byteLength;
    if (total > maxBytes * DRAIN_FACTOR) return null;
    if (total > maxBytes) chunks.length = 0;
    else chunks.push(chunk);
  }
  return total > maxBytes ? null : Buffer.concat(chunks);
}
