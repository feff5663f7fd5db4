import { afterAll, beforeAll, expect, it } from 'vitest';
import { errorOf, type SdkError } from '../support/error-of.ts';
import { type Stack, startStack } from '../support/stack.ts';

const LIMIT = 5;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ rateLimit: LIMIT });
});
afterAll(() => stack?.stop());

/** Three seconds' worth at once: whatever second they fall into, at least one holds too many. */
async function callOften(call: () => Promise<unknown>): Promise<SdkError[]> {
  const outcomes = await Promise.allSettled(Array.from({ length: 3 * LIMIT * 2 }, call));
  return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as SdkError] : []));
}

it('refuses what exceeds the limit within a second, in the cloud’s words, and nothing else', async () => {
  const errors = await callOften(() => stack.client.DescribeEventConfig({}));
  expect(errors.length).toBeGreaterThan(0);
  expect(errors.length).toBeLessThanOrEqual(5 * LIMIT);
  for (const { code, message } of errors) {
    expect(code).toBe('RequestLimitExceeded');
    expect(message).toMatch(
      /^Your current request times equals to `\d+` in a second, which exceeds the frequency limit `5` for a second\. Please reduce the frequency of calls\.$/,
    );
  }
});

it('counts each action by itself', async () => {
  await callOften(() => stack.client.DescribeEventConfig({}));
  expect((await stack.client.DescribeTasks({ Limit: 1 })).TaskSet).toEqual([]);
});

it('counts no call that is not signed', async () => {
  const stranger = stack.createClient({ secretKey: 'wrong' });
  await callOften(() => stranger.DescribeTasks({}));
  const error = await errorOf(stranger.DescribeTasks({}));
  expect(error.code).toBe('AuthFailure.SignatureFailure');
});
