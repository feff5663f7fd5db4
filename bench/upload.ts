import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { signCosV5, type models } from '@vodstack/protocol';
import { type ChildServer, findFreePort, startChildServer } from '../tests/support/child-server.ts';
import { readMemory } from '../tests/support/processes.ts';
import { createWorkFolder } from '../tests/support/work-folder.ts';
import type { BenchResult } from './bench-result.ts';

const MEBIBYTE = 1024 ** 2;
const PART_BYTES = 8 * MEBIBYTE;
const PARALLEL = 3;
const LIMIT_MIB = 64;

/**
 * Uploads of one size by one PUT, in parts, and in parts after a stop half-way, against the same bytes written by a bare HTTP server.
 * Argument: the size in GiB, 2 by default; twice as much is needed on the disk for the time of the run.
 */
export async function upload(args: readonly string[]): Promise<BenchResult> {
  const sizeBytes = Number(args[0] ?? 2) * 1024 * MEBIBYTE;
  const folder = await createWorkFolder();
  let server: ChildServer | undefined;
  try {
    const bareMibPerSec = await measureBare(folder.path, sizeBytes);
    server = await startChildServer({ dataFolder: folder.join('data'), port: await findFreePort() });
    const single = await measure(server, sizeBytes, putWhole);
    const multipart = await measure(server, sizeBytes, putParts);
    const resumed = await measure(server, sizeBytes, putPartsTwice);
    const growthMib = Math.max(single.growthMib, multipart.growthMib, resumed.growthMib);
    return {
      figures: {
        sizeMib: sizeBytes / MEBIBYTE,
        bareMibPerSec,
        singleMibPerSec: single.mibPerSec,
        multipartMibPerSec: multipart.mibPerSec,
        resumedMibPerSec: resumed.mibPerSec,
        singleGrowthMib: single.growthMib,
        multipartGrowthMib: multipart.growthMib,
        resumedGrowthMib: resumed.growthMib,
        limitMib: LIMIT_MIB,
      },
      ratios: {
        singleToBare: round(single.mibPerSec / bareMibPerSec),
        multipartToBare: round(multipart.mibPerSec / bareMibPerSec),
        resumedToBare: round(resumed.mibPerSec / bareMibPerSec),
        growthToLimit: round(growthMib / LIMIT_MIB),
      },
    };
  } finally {
    await server?.end('SIGTERM');
    await folder.remove();
  }
}

async function measureBare(folder: string, sizeBytes: number): Promise<number> {
  const program = fileURLToPath(new URL('bare-server.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const began = performance.now();
    await send(`http://127.0.0.1:${Number(line.toString())}/`, 'PUT', zeros(sizeBytes), {
      'content-length': String(sizeBytes),
    });
    return throughput(sizeBytes, began);
  } finally {
    child.kill('SIGKILL');
    await rm(`${folder}/bare`, { force: true });
  }
}

type Way = (server: ChildServer, session: models.ApplyUploadResponse, sizeBytes: number) => Promise<void>;

async function measure(
  server: ChildServer,
  sizeBytes: number,
  way: Way,
): Promise<{ mibPerSec: number; growthMib: number }> {
  const { pid = 0 } = server.process;
  const session = await server.client.ApplyUpload({ MediaType: 'mp4' });
  await writeFile(`/proc/${pid}/clear_refs`, '5');
  const before = readMemory(pid, 'VmRSS');
  const began = performance.now();
  await way(server, session, sizeBytes);
  const mibPerSec = throughput(sizeBytes, began);
  const growthMib = round(Math.max(0, readMemory(pid, 'VmHWM') - before) / MEBIBYTE);
  await call(server, session, 'DELETE', {});
  return { mibPerSec, growthMib };
}

async function putWhole(
  server: ChildServer,
  session: models.ApplyUploadResponse,
  sizeBytes: number,
): Promise<void> {
  await call(server, session, 'PUT', {}, zeros(sizeBytes), sizeBytes);
}

async function putParts(
  server: ChildServer,
  session: models.ApplyUploadResponse,
  sizeBytes: number,
): Promise<void> {
  const uploadId = await begin(server, session);
  const numbers = partNumbers(sizeBytes);
  await complete(server, session, uploadId, await sendParts(server, session, { uploadId, numbers }));
}

/** Half of the parts, as if the client had been stopped, and the others after a look at what is there. */
async function putPartsTwice(
  server: ChildServer,
  session: models.ApplyUploadResponse,
  sizeBytes: number,
): Promise<void> {
  const numbers = partNumbers(sizeBytes);
  const uploadId = await begin(server, session);
  await sendParts(server, session, { uploadId, numbers: numbers.slice(0, numbers.length / 2) });
  const listed = await call(server, session, 'GET', { uploadId });
  const there = new Map(
    [...listed.text.matchAll(/<PartNumber>(\d+)<\/PartNumber>.*?<ETag>(.*?)<\/ETag>/g)].map(
      ([, number = '', etag = '']) => [Number(number), etag.replaceAll('&quot;', '"')],
    ),
  );
  const missing = numbers.filter((number) => !there.has(number));
  const sent = await sendParts(server, session, { uploadId, numbers: missing });
  await complete(server, session, uploadId, new Map([...there, ...sent]));
}

function partNumbers(sizeBytes: number): number[] {
  return Array.from({ length: sizeBytes / PART_BYTES }, (_, index) => index + 1);
}

async function begin(server: ChildServer, session: models.ApplyUploadResponse): Promise<string> {
  const { text } = await call(server, session, 'POST', { uploads: '' });
  return /<UploadId>(.*)<\/UploadId>/.exec(text)?.[1] ?? '';
}

async function sendParts(
  server: ChildServer,
  session: models.ApplyUploadResponse,
  { uploadId, numbers }: { uploadId: string; numbers: readonly number[] },
): Promise<Map<number, string>> {
  const etags = new Map<number, string>();
  const waiting = [...numbers];
  const work = async (): Promise<void> => {
    for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
      const query = { partNumber: String(number), uploadId };
      const { etag } = await call(server, session, 'PUT', query, zeros(PART_BYTES), PART_BYTES);
      etags.set(number, etag);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return etags;
}

async function complete(
  server: ChildServer,
  session: models.ApplyUploadResponse,
  uploadId: string,
  etags: ReadonlyMap<number, string>,
): Promise<void> {
  const parts = [...etags]
    .toSorted(([a], [b]) => a - b)
    .map(([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`);
  const xml = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
  await call(server, session, 'POST', { uploadId }, xml, xml.length);
}

async function call(
  server: ChildServer,
  session: models.ApplyUploadResponse,
  method: string,
  query: Record<string, string>,
  body?: AsyncIterable<Uint8Array> | Uint8Array<ArrayBuffer>,
  sizeBytes = 0,
): Promise<{ etag: string; text: string }> {
  const path = session.MediaStoragePath ?? '';
  const now = Math.floor(Date.now() / 1000);
  const authorization = signCosV5({
    method,
    path,
    query,
    secretId: session.TempCertificate?.SecretId ?? '',
    secretKey: session.TempCertificate?.SecretKey ?? '',
    startSec: now - 1,
    endSec: now + 900,
  });
  const url = `${server.url}/cos/${session.StorageBucket}/${session.StorageRegion}${path}?${String(new URLSearchParams(query))}`;
  return await send(url, method, body, {
    authorization,
    'x-cos-security-token': session.TempCertificate?.Token ?? '',
    ...(body ? { 'content-length': String(sizeBytes) } : {}),
  });
}

async function send(
  url: string,
  method: string,
  body: AsyncIterable<Uint8Array> | Uint8Array<ArrayBuffer> | undefined,
  headers: Record<string, string>,
): Promise<{ etag: string; text: string }> {
  const response = await fetch(url, { method, headers, ...(body ? { body, duplex: 'half' } : {}) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: expected 2xx, got ${response.status} ${text}`);
  return { etag: response.headers.get('etag') ?? '', text };
}

async function* zeros(sizeBytes: number): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(MEBIBYTE);
  for (let left = sizeBytes; left > 0; left -= MEBIBYTE) yield chunk;
}

function throughput(sizeBytes: number, beganMs: number): number {
  return round(sizeBytes / MEBIBYTE / ((performance.now() - beganMs) / 1000));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
