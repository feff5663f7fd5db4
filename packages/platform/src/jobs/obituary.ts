import type { Logger } from 'pino';
import { z } from 'zod';
import type { WorkOptions } from './job-queue.ts';
import type { ClaimedJob } from './job-store.ts';

/** Where pg-boss puts a copy of each job that it gives up, in the statement that gives it up. */
export function obituaryQueueOf(queue: string): string {
  return `${queue}.exhausted`;
}

/** Tells the owner of a job that was given up. */
export async function reportExhausted(
  claim: ClaimedJob,
  onExhausted: WorkOptions['onExhausted'],
  logger: Logger,
): Promise<void> {
  const { id, retryCount, output } = claim.source ?? { id: claim.id, retryCount: 0, output: null };
  const error = toError(output);
  const attempts = retryCount + 1;
  if (onExhausted) await onExhausted({ id, data: claim.data, attempts }, error);
  else logger.error({ jobId: id, attempts, data: claim.data, err: error }, 'a job was given up');
}

const ownOutput = z.object({ name: z.string(), message: z.string(), stack: z.string().optional() });
/** What pg-boss writes when the supervisor fails a job. */
const supervisorOutput = z.object({ value: z.object({ message: z.string() }) });

function toError(output: unknown): Error {
  const own = ownOutput.safeParse(output).data;
  if (own) return Object.assign(new Error(own.message), own);
  const reason = supervisorOutput.safeParse(output).data?.value.message ?? 'no reason was recorded';
  return new Error(`The worker was lost (${reason})`);
}
