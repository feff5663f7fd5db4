import { toUploadError } from './upload-error.ts';
import type { UploadItem, UploadRecord, UploadSource, UploadTicket } from './upload-item.ts';

export interface StorageRequest<Source> {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  /** A text, or the bytes of the file from `start` up to `end`, which is not among them. */
  readonly body?: string | { source: Source; start: number; end: number };
  readonly signal: AbortSignal;
  readonly onProgress?: (sentBytes: number) => void;
}

export interface TransferDeps<Source extends UploadSource> {
  /** Asks for a place for the file. */
  apply(record: UploadRecord, signal: AbortSignal): Promise<UploadTicket>;
  /** Talks to the object storage. @throws UploadError */
  send(request: StorageRequest<Source>): Promise<{ text: string; etag: string }>;
  /** Makes a medium of what was put. @returns its FileId */
  commit(record: UploadRecord, sessionKey: string): Promise<string>;
  /** Steady milliseconds. */
  now(): number;
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** One run of one upload. */
export interface TransferJob<Source> {
  readonly source: Source;
  readonly signal: AbortSignal;
  record(): UploadRecord;
  save(change: Partial<UploadRecord>): void;
  report(change: Partial<UploadItem>): void;
}

/** About two minutes: a server that restarts, a line that changes. */
const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000, 15_000, 15_000, 15_000, 15_000, 15_000, 15_000];

/** Repeats what failed for want of a connection; any answer is an answer. */
export async function insist<Value>(
  { wait }: Pick<TransferDeps<UploadSource>, 'wait'>,
  { signal, report }: Pick<TransferJob<unknown>, 'signal' | 'report'>,
  work: () => Promise<Value>,
): Promise<Value> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || toUploadError(error).kind !== 'network') throw error;
      report({ isInterrupted: true, bytesPerSec: null, remainingSec: null });
      await wait(pauseMs, signal);
    }
  }
  return await work();
}
