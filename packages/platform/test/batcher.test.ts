import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBatcher } from '../src/batcher.ts';

function createGate(): { readonly opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

describe('a batcher', () => {
  it('runs at once what comes alone, and joins what comes meanwhile', async () => {
    const gate = createGate();
    const runs: number[][] = [];
    const double = createBatcher(async (items: readonly number[]) => {
      runs.push([...items]);
      await gate.opened;
      return items.map((item) => item * 2);
    }, 3);
    const results = Promise.all([1, 2, 3, 4, 5].map(double));
    gate.open();
    expect(await results).toEqual([2, 4, 6, 8, 10]);
    expect(runs).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('lets one that fails take no other with it, and goes on', async () => {
    const run = createBatcher(async (items: readonly number[]) => {
      if (items.includes(2)) throw new Error('no twos');
      return items;
    }, 10);
    const outcomes = await Promise.allSettled([1, 2, 3].map(run));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await run(4)).toBe(4);
  });

  it('waits for more before it runs, when it is told to linger', async () => {
    const runs: number[][] = [];
    const run = createBatcher(
      async (items: readonly number[]) => {
        runs.push([...items]);
        return items;
      },
      10,
      1,
    );
    expect(await Promise.all([1, 2, 3].map(run))).toEqual([1, 2, 3]);
    expect(runs).toEqual([[1, 2, 3]]);
  });

  it('gives everybody the own result, whatever comes when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat()), fc.integer({ min: 1, max: 5 }), async (items, maxItems) => {
        const run = createBatcher(async (batch: readonly number[]) => batch.map(String), maxItems);
        expect(await Promise.all(items.map(run))).toEqual(items.map(String));
      }),
    );
  });
});
