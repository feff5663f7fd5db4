import { ApiError, isActionName } from '@vodstack/protocol';

export interface RateLimiter {
  /** Counts a call. @throws ApiError RequestLimitExceeded when the key has made too many to this action within this second */
  assertAllowed(secretId: string, call: { readonly action: string }, nowSec: number): void;
}

/**
 * As the cloud counts: calls within one second of the clock, per key and action.
 * @param perSecond 0: no limit
 */
export function createRateLimiter(perSecond: number): RateLimiter {
  const counts = new Map<string, number>();
  let countedSec = 0;
  return {
    assertAllowed(secretId, { action }, nowSec) {
      if (perSecond === 0) return;
      if (nowSec !== countedSec) counts.clear();
      countedSec = nowSec;
      // Made-up names share one count: they must not fill the memory.
      const name = `${secretId}/${isActionName(action) ? action : ''}`;
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      if (count <= perSecond) return;
      throw new ApiError(
        'RequestLimitExceeded',
        `Your current request times equals to \`${count}\` in a second, which exceeds the frequency limit \`${perSecond}\` for a second. Please reduce the frequency of calls.`,
      );
    },
  };
}
