import { BadNotificationError } from '../parse/notification.ts';
import { toApiError } from '../vod/api-error.ts';
import { UncertainEffectError } from '../effects/effect.ts';
import type { ClaimedEvent, Settlement } from './inbox.ts';

/** Thrown by a handler: trying again won't help, the event becomes a dead letter at once. */
export class PermanentError extends Error {
  override readonly name: string = 'PermanentError';
}

export interface RetryPolicy {
  /** Wait after the first failure; doubled with each further one. 1000 by default. */
  readonly firstDelayMs?: number;
  /** Ten minutes by default. */
  readonly longestDelayMs?: number;
  /** How long an event is tried before it becomes a dead letter; two days by default, less than the three that the API remembers a SessionId. */
  readonly giveUpAfterMs?: number;
}

const TWO_DAYS_MS = 2 * 24 * 3600 * 1000;

/** What a failed attempt leads to. */
export function afterFailure(event: ClaimedEvent, error: unknown, policy: RetryPolicy): Settlement {
  const { firstDelayMs = 1000, longestDelayMs = 600_000, giveUpAfterMs = TWO_DAYS_MS } = policy;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (isPermanent(error)) return { state: 'dead', error: message };
  const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(event.attempt - 1, 30));
  if (event.retriedForMs + delayMs > giveUpAfterMs) {
    return { state: 'dead', error: `given up after ${event.attempt} attempts: ${message}` };
  }
  return { state: 'pending', retryInMs: delayMs * (0.75 + Math.random() / 2), error: message };
}

/** A wrong key or a missing permission can be put right while the event waits; a wrong parameter stays wrong. */
function isPermanent(error: unknown): boolean {
  if (
    error instanceof BadNotificationError ||
    error instanceof PermanentError ||
    error instanceof UncertainEffectError
  )
    return true;
  return toApiError(error).code?.startsWith('InvalidParameter') ?? false;
}
