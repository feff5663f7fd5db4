import { setTimeout as delay } from 'node:timers/promises';

/** Repeats the question until its answer is neither undefined, null nor false; fails after the deadline. */
export async function waitFor<Answer>(
  ask: () => Answer | Promise<Answer>,
  timeoutMs = 20_000,
): Promise<NonNullable<Exclude<Answer, false>>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) {
      return answer as NonNullable<Exclude<Answer, false>>;
    }
    if (Date.now() > deadline) throw new Error(`Not so within ${timeoutMs} ms: ${String(ask)}`);
    await delay(20);
  }
}
