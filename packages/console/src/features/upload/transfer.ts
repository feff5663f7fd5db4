import { createSpeedMeter } from './speed-meter.ts';
import { sendParts } from './send-parts.ts';
import { toUploadError, UploadError } from './upload-error.ts';
import {
  UNSENT,
  type UploadItem,
  type UploadRecord,
  type UploadSource,
  type UploadTicket,
} from './upload-item.ts';

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

/** Up to here a file goes in one piece; above it in parts, of which a break costs only those under way. */
const WHOLE_BYTES = 8 * 1024 * 1024;

/** About two minutes: a server that restarts, a line that changes. */
const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000, 15_000, 15_000, 15_000, 15_000, 15_000, 15_000];

/** Sends what the server has not got yet, and commits. @returns the FileId @throws UploadError */
export async function transfer<Source extends UploadSource>(
  deps: TransferDeps<Source>,
  job: TransferJob<Source>,
): Promise<string> {
  if (job.source.size === 0) throw new UploadError('empty', 'The file is empty.');
  const isResumed = job.record().ticket !== null;
  try {
    return await sendAndCommit(deps, job);
  } catch (error) {
    // What had begun is not there any more: a day has passed, or the server has other data now.
    if (!isResumed || toUploadError(error).kind !== 'gone') throw error;
    job.save(UNSENT);
    return await sendAndCommit(deps, job);
  }
}

async function sendAndCommit<Source extends UploadSource>(
  deps: TransferDeps<Source>,
  job: TransferJob<Source>,
): Promise<string> {
  const ticket = job.record().ticket ?? (await insist(deps, job, () => deps.apply(job.record(), job.signal)));
  job.signal.throwIfAborted();
  job.save({ ticket });
  if (!job.record().isSent) {
    await sendFile(deps, job, ticket);
    job.signal.throwIfAborted();
    job.save({ isSent: true });
  }
  job.report({
    state: 'committing',
    sentBytes: job.source.size,
    bytesPerSec: null,
    remainingSec: null,
    isInterrupted: false,
  });
  return await insist(deps, job, () => deps.commit(job.record(), ticket.sessionKey));
}

async function sendFile<Source extends UploadSource>(
  deps: TransferDeps<Source>,
  job: TransferJob<Source>,
  ticket: UploadTicket,
): Promise<void> {
  const { source, signal } = job;
  const onProgress = createProgress(deps, job);
  if (source.size > WHOLE_BYTES) return await sendParts(deps, job, { ticket, onProgress });
  const body = { source, start: 0, end: source.size };
  await insist(deps, job, () => deps.send({ method: 'PUT', url: ticket.putUrl, body, signal, onProgress }));
}

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

/** The first call tells what was there before: it counts for the progress and not for the speed. */
function createProgress<Source extends UploadSource>(
  deps: TransferDeps<Source>,
  job: TransferJob<Source>,
): (sentBytes: number) => void {
  const meter = createSpeedMeter();
  meter.add(0, deps.now());
  return (sentBytes) => {
    meter.add(sentBytes, deps.now());
    const bytesPerSec = meter.bytesPerSec();
    const remainingSec =
      bytesPerSec === null || bytesPerSec <= 0 ? null : (job.source.size - sentBytes) / bytesPerSec;
    job.report({ sentBytes, bytesPerSec, remainingSec, isInterrupted: false });
  };
}
