import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  type Download,
  DownloadError,
  type DownloadOptions,
  openDownload,
  toDownloadError,
} from '../net/download.ts';
import { PullError } from './pull-error.ts';

export interface FetchOptions extends DownloadOptions {
  readonly path: string;
  readonly maxBytes: number;
  /** What the earlier attempt was told of the file: with it, what is there already is kept if the file is the same. */
  readonly validator?: string | null;
  /** Called before the first byte is written; null: the file cannot be told from a later one. */
  readonly onValidator?: (validator: string | null) => Promise<void>;
  readonly onProgress?: (received: number, total: number | undefined) => void;
  readonly onAnswer?: (download: Pick<Download, 'url' | 'headers'>) => void;
}

export interface FetchedFile {
  readonly sizeBytes: number;
  /** Hex. */
  readonly md5: string;
}

/**
 * Fetches a file to a path, going on where an earlier attempt stopped when the server allows (RFC 9110, 13.1.5 and 14).
 * @throws PullError when it is larger than allowed or gone; DownloadError when trying again may help
 */
export async function fetchFile(url: URL, options: FetchOptions): Promise<FetchedFile> {
  await mkdir(dirname(options.path), { recursive: true });
  const kept = options.validator ? await sizeOf(options.path) : 0;
  const headers =
    kept > 0 && options.validator ? { range: `bytes=${kept}-`, 'if-range': options.validator } : {};
  const download = await openDownload(url, { ...options, headers: { ...options.headers, ...headers } });
  try {
    return await receive(download, kept, options);
  } catch (error) {
    download.body.destroy();
    options.signal.throwIfAborted();
    throw isOurs(error) ? error : toDownloadError(download.url, error);
  }
}

/** A full disk is no fault of the network. */
function isOurs(error: unknown): boolean {
  return error instanceof PullError || (error instanceof Error && 'code' in error && error.code === 'ENOSPC');
}

async function receive(download: Download, kept: number, options: FetchOptions): Promise<FetchedFile> {
  const start = download.status === 206 ? startOf(download) : 0;
  if (download.status === 416 || (start !== 0 && start !== kept)) {
    await rm(options.path, { force: true });
    throw new DownloadError(`${download.url.host} has another file than before`, { isFinal: false });
  }
  const total = totalOf(download, start);
  if (total !== undefined && total > options.maxBytes) throw tooLarge(options.maxBytes, total);
  options.onAnswer?.(download);
  if (start === 0) await options.onValidator?.(validatorOf(download));
  const hash = createHash('md5');
  if (start > 0) await addFile(hash, options.path);
  let received = start;
  const count = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      received += chunk.length;
      if (received > options.maxBytes) throw tooLarge(options.maxBytes);
      hash.update(chunk);
      options.onProgress?.(received, total);
      yield chunk;
    }
  };
  await pipeline(
    download.body,
    count,
    createWriteStream(options.path, { flags: start > 0 ? 'a' : 'w', flush: true }),
    { signal: options.signal },
  );
  if (total !== undefined && received !== total) {
    throw new DownloadError(`${download.url.host} sent ${received} of ${total} bytes`, { isFinal: false });
  }
  return { sizeBytes: received, md5: hash.digest('hex') };
}

function tooLarge(maxBytes: number, got?: number): PullError {
  const size = got === undefined ? 'more' : `${got} bytes`;
  return new PullError(40000, `the file may have ${maxBytes} bytes at most, got ${size}`);
}

function startOf(download: Download): number {
  const [, start] = /^bytes (\d+)-/.exec(download.headers['content-range'] ?? '') ?? [];
  return start === undefined ? -1 : Number(start);
}

function totalOf(download: Download, start: number): number | undefined {
  const length = download.headers['content-length'];
  return length === undefined ? undefined : start + Number(length);
}

/** A strong ETag, else the date; a weak one does not speak of bytes. */
function validatorOf({ headers }: Download): string | null {
  const { etag } = headers;
  return etag !== undefined && !etag.startsWith('W/') ? etag : (headers['last-modified'] ?? null);
}

async function addFile(hash: Hash, path: string): Promise<void> {
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.size ?? 0;
}
