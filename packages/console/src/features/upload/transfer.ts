import { createSpeedMeter } from './speed-meter.ts';
import { sendParts } from './send-parts.ts';
import { insist, type TransferDeps, type TransferJob } from './transfer-job.ts';
import { toUploadError, UploadError } from './upload-error.ts';
import { UNSENT, type UploadSource, type UploadTicket } from './upload-item.ts';

/** Up to here a file goes in one piece; above it in parts, of which a break costs only those under way. */
const WHOLE_BYTES = 8 * 1024 * 1024;

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
