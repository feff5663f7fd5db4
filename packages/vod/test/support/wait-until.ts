import { setTimeout as delay } from 'node:timers/promises';

/** Resolves as soon as the condition holds; rejects with `what` when it has not after the deadline. */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs = 20_000,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await delay(20);
  }
}
