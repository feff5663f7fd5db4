import { describe, expect, it } from 'vitest';
import { createReadCache } from '../src/read-cache.ts';

function counting() {
  const loaded: string[] = [];
  let nowMs = 0;
  const cache = createReadCache({
    load: async (key) => `${key}${loaded.push(key)}`,
    keepMs: 1000,
    maxEntries: 2,
    now: () => nowMs,
  });
  return { cache, loaded, moveTo: (ms: number) => void (nowMs = ms) };
}

describe('a cache of what is read', () => {
  it('loads once for all who ask within the time', async () => {
    const { cache, loaded, moveTo } = counting();
    expect(await Promise.all([cache.get('a'), cache.get('a')])).toEqual(['a1', 'a1']);
    moveTo(999);
    expect(await cache.get('a')).toBe('a1');
    moveTo(1000);
    expect(await cache.get('a')).toBe('a2');
    expect(loaded).toEqual(['a', 'a']);
  });

  it('loads again when its clock went back', async () => {
    const { cache, moveTo } = counting();
    moveTo(5000);
    await cache.get('a');
    moveTo(0);
    expect(await cache.get('a')).toBe('a2');
  });

  it('does not give what was being loaded before a change', async () => {
    const old = Promise.withResolvers<string>();
    const answers = [old.promise, Promise.resolve('new')];
    const cache = createReadCache({ load: () => answers.shift() ?? Promise.reject(), keepMs: 1000 });
    const early = cache.get('a');
    cache.clear();
    const late = cache.get('a');
    old.resolve('old');
    expect([await early, await late, await cache.get('a')]).toEqual(['old', 'new', 'new']);
  });

  it('does not keep what failed, nor forget what was loaded after it', async () => {
    let asked = 0;
    const cache = createReadCache({
      load: async () => {
        asked += 1;
        if (asked === 1) throw new Error('away');
        return asked;
      },
      keepMs: 1000,
    });
    const first = cache.get('a');
    cache.clear();
    const second = cache.get('a');
    await expect(first).rejects.toThrow('away');
    expect([await second, await cache.get('a')]).toEqual([2, 2]);
  });

  it('keeps no more than it may', async () => {
    const { cache, loaded } = counting();
    for (const key of ['a', 'b', 'c', 'c', 'a']) await cache.get(key);
    expect(loaded).toEqual(['a', 'b', 'c', 'a']);
  });
});
