import { insist, type TransferDeps, type TransferJob } from './transfer-job.ts';
import { toUploadError } from './upload-error.ts';
import type { UploadSource, UploadTicket } from './upload-item.ts';

const MEBIBYTE = 1024 * 1024;
const PART_BYTES = 4 * MEBIBYTE;
/** COS takes no more (436/14518). */
const MAX_PARTS = 10_000;
/** Two files at a time make four connections, of the six that a browser opens to one server. */
const PARTS_AT_ONCE = 2;

interface Part {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

interface Target {
  readonly ticket: UploadTicket;
  readonly onProgress: (sentBytes: number) => void;
}

/** Sends a file in parts and joins them; parts that the server has from an earlier run are not sent again. @throws UploadError */
export async function sendParts<Source extends UploadSource>(
  deps: TransferDeps<Source>,
  job: TransferJob<Source>,
  { ticket, onProgress }: Target,
): Promise<void> {
  const earlier = job.record().uploadId;
  const etags = earlier === null ? new Map<number, string>() : await findStored(deps, job, ticket, earlier);
  // Joined already, and the word of it was lost: the commit will tell.
  if (etags === null) return;
  const uploadId = earlier ?? (await initiate(deps, job, ticket));
  job.save({ uploadId });
  await sendMissing(deps, job, { url: `${ticket.putUrl}&uploadId=${uploadId}`, etags, onProgress });
  const named = [...etags].toSorted(([a], [b]) => a - b);
  const body = `<CompleteMultipartUpload>${named
    .map(([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`)
    .join('')}</CompleteMultipartUpload>`;
  job.report({ state: 'committing', bytesPerSec: null, remainingSec: null });
  const { signal } = job;
  await insist(deps, job, () =>
    deps.send({ method: 'POST', url: `${ticket.postUrl}&uploadId=${uploadId}`, body, signal }),
  );
}

function partsOf(sizeBytes: number): Part[] {
  const partBytes = Math.max(PART_BYTES, Math.ceil(sizeBytes / MAX_PARTS / MEBIBYTE) * MEBIBYTE);
  return Array.from({ length: Math.ceil(sizeBytes / partBytes) }, (_, index) => ({
    number: index + 1,
    start: index * partBytes,
    end: Math.min(sizeBytes, (index + 1) * partBytes),
  }));
}

async function initiate<Source extends UploadSource>(
  deps: TransferDeps<Source>,
  job: TransferJob<Source>,
  { postUrl }: UploadTicket,
): Promise<string> {
  const { signal } = job;
  const { text } = await insist(deps, job, () =>
    deps.send({ method: 'POST', url: `${postUrl}&uploads=`, signal }),
  );
  const [, uploadId] = /<UploadId>(\w+)<\/UploadId>/.exec(text) ?? [];
  if (uploadId === undefined) throw new Error('The server began no multipart upload.');
  return uploadId;
}

/** ETags by part, of those that are there as a whole; null when the server knows the upload no more. */
async function findStored<Source extends UploadSource>(
  deps: TransferDeps<Source>,
  job: TransferJob<Source>,
  { getUrl }: UploadTicket,
  uploadId: string,
): Promise<Map<number, string> | null> {
  const sizes = new Map(partsOf(job.source.size).map(({ number, start, end }) => [number, end - start]));
  const etags = new Map<number, string>();
  const { signal } = job;
  try {
    let marker: string | undefined = '0';
    while (marker !== undefined) {
      const url: string = `${getUrl}&uploadId=${uploadId}&part-number-marker=${marker}`;
      const page = await insist(deps, job, () => deps.send({ method: 'GET', url, signal }));
      for (const { number, size, etag } of parseParts(page.text))
        if (sizes.get(number) === size) etags.set(number, etag);
      marker = /<NextPartNumberMarker>(\d+)</.exec(page.text)?.[1];
    }
    return etags;
  } catch (error) {
    if (toUploadError(error).kind === 'gone') return null;
    throw error;
  }
}

/** The `<Part>`s of ListParts; the ETags without their quotes. */
export function parseParts(xml: string): { number: number; size: number; etag: string }[] {
  return [...xml.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
    number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
    size: Number(/<Size>(\d+)</.exec(part)?.[1]),
    etag: /<ETag>(?:&quot;|")?(\w+)/.exec(part)?.[1] ?? '',
  }));
}

interface Missing {
  readonly url: string;
  /** By part; those that are sent are added. */
  readonly etags: Map<number, string>;
  readonly onProgress: (sentBytes: number) => void;
}

async function sendMissing<Source extends UploadSource>(
  deps: TransferDeps<Source>,
  job: TransferJob<Source>,
  { url, etags, onProgress }: Missing,
): Promise<void> {
  const parts = partsOf(job.source.size);
  const missing = parts.filter(({ number }) => !etags.has(number)).values();
  const underWay = new Map<number, number>();
  const stored = (): number =>
    parts.reduce((sum, { number, start, end }) => sum + (etags.has(number) ? end - start : 0), 0);
  const tell = (): void => onProgress([...underWay.values()].reduce((sum, bytes) => sum + bytes, stored()));
  // One part that is refused ends the others.
  const failed = new AbortController();
  const signal = AbortSignal.any([job.signal, failed.signal]);
  const sendNext = async (): Promise<void> => {
    for (const { number, start, end } of missing) {
      const body = { source: job.source, start, end };
      const onPart = (sentBytes: number): void => {
        underWay.set(number, sentBytes);
        tell();
      };
      const { etag } = await insist(deps, { ...job, signal }, () =>
        deps.send({ method: 'PUT', url: `${url}&partNumber=${number}`, body, signal, onProgress: onPart }),
      );
      underWay.delete(number);
      etags.set(number, etag.replaceAll('"', ''));
      job.save({ sentBytes: stored() });
    }
  };
  tell();
  await Promise.all(
    Array.from({ length: PARTS_AT_ONCE }, () =>
      sendNext().catch((error: unknown) => {
        failed.abort();
        throw error;
      }),
    ),
  );
}
