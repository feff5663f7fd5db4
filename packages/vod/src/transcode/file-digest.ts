import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** MD5 of a file as lower-case hex, streamed. Only of a finished file: faststart rewrites it at the end. */
export async function digestFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('md5');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 18 }), hash, ...(signal ? [{ signal }] : []));
  return hash.digest('hex');
}
