import { setTimeout as delay } from 'node:timers/promises';
import type { Arrival } from './arrival.ts';
import { isDataError } from './data-error.ts';
import type { Inbox, Novelty } from './inbox.ts';

/** More than this must not pile up in memory while the database is away. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
const PAUSE_MS = 100;

/**
 * Stores an arrival, again and again while the database is away or too busy. Rejects when the time is up, never before: the sender
 * takes any answer, even a 503, for success, and only one that comes too late makes it send again.
 */
export async function storePatiently(inbox: Inbox, arrival: Arrival, timeoutMs: number): Promise<Novelty> {
  const endsAt = performance.now() + timeoutMs;
  for (;;) {
    const error = await tryToStore(inbox, arrival, endsAt - performance.now());
    if (typeof error === 'string') return error;
    const leftMs = endsAt - performance.now();
    if (leftMs <= 0 || isDataError(error)) throw error;
    await delay(Math.min(PAUSE_MS, leftMs));
  }
}

async function tryToStore(inbox: Inbox, arrival: Arrival, timeoutMs: number): Promise<Novelty | Error> {
  if (inbox.waitingBytes > MAX_WAITING_BYTES) return new Error('too many events are waiting to be stored');
  const timer = new AbortController();
  try {
    return await Promise.race([
      inbox.store(arrival),
      delay(Math.max(0, timeoutMs), undefined, { signal: timer.signal }).then(
        () => new Error(`the database did not answer within ${Math.round(timeoutMs)} ms`),
      ),
    ]);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    timer.abort();
  }
}
