import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again and again until there is an answer.
 * @param ask returns undefined (or false) while the condition does not hold yet
 * @throws Error with `what` when the deadline has passed
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  deadlineMs = 60_000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await delay(50);
  }
}
