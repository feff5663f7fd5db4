import { writeFile } from 'node:fs/promises';
import type { ChildServer } from './child-server.ts';
import { readMemory } from './processes.ts';
import { putObject } from './upload.ts';

const CHUNK_BYTES = 1024 * 1024;

export interface MeasuredUpload {
  /** What the storage answered. */
  readonly status: number;
  readonly etag: string | null;
  /** By how much the server's resident memory grew at its highest. */
  readonly growthBytes: number;
  readonly durationSec: number;
}

/** Puts zeros, which nobody has to keep, to the server and looks at its memory. */
export async function measureUpload(server: ChildServer, sizeBytes: number): Promise<MeasuredUpload> {
  const { pid = 0 } = server.process;
  const session = await server.client.ApplyUpload({ MediaType: 'mp4' });
  // Sets the high-water mark (VmHWM) back to what is resident now: the start of the server left a higher one.
  await writeFile(`/proc/${pid}/clear_refs`, '5');
  const before = readMemory(pid, 'VmRSS');
  const startedAt = performance.now();
  const response = await putObject(server.url, session, generateZeros(sizeBytes), sizeBytes);
  await response.arrayBuffer();
  return {
    status: response.status,
    etag: response.headers.get('etag'),
    growthBytes: Math.max(0, readMemory(pid, 'VmHWM') - before),
    durationSec: (performance.now() - startedAt) / 1000,
  };
}

async function* generateZeros(sizeBytes: number): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let left = sizeBytes; left > 0; left -= CHUNK_BYTES) {
    yield left >= CHUNK_BYTES ? chunk : chunk.subarray(0, left);
  }
}
