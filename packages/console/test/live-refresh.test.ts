import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { queryKeys } from '../src/shared/api/query-keys.ts';
import { refresh } from '../src/shared/live/refresh.ts';

let client: QueryClient;
beforeEach(() => {
  client = new QueryClient();
  client.mount();
});
afterEach(() => {
  client.unmount();
  client.clear();
});

/** A query on screen whose answers the test gives, one by one. */
function show(queryKey: readonly string[]) {
  const answers: ((value: string) => void)[] = [];
  const observer = new QueryObserver(client, {
    queryKey,
    queryFn: () => new Promise<string>((resolve) => answers.push(resolve)),
  });
  const stop = observer.subscribe(() => undefined);
  return { answers, stop, shown: () => observer.getCurrentResult().data };
}

describe('what changed on the server', () => {
  it('is asked for again when the first answer was on its way, which may be older', async () => {
    const { answers, stop, shown } = show([...queryKeys.media, 'detail', '1']);
    expect(answers).toHaveLength(1);
    const refreshed = refresh(client, new Set(['media']));
    answers[0]?.('before the change');
    await expect.poll(() => answers.length).toBe(2);
    answers[1]?.('after it');
    await refreshed;
    expect(shown()).toBe('after it');
    stop();
  });

  it('is asked for once when nothing was on its way, and what it does not concern not at all', async () => {
    const [media, keys] = [show(queryKeys.media), show(['something else'])];
    for (const { answers } of [media, keys]) answers[0]?.('first');
    await expect.poll(() => [media.shown(), keys.shown()]).toEqual(['first', 'first']);
    const refreshed = refresh(client, new Set(['media']));
    await expect.poll(() => media.answers.length).toBe(2);
    media.answers[1]?.('second');
    await refreshed;
    expect([media.answers.length, keys.answers.length, media.shown()]).toEqual([2, 1, 'second']);
    media.stop();
    keys.stop();
  });
});
