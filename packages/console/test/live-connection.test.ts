import { describe, expect, it } from 'vitest';

import {
  createLiveConnection,
  type LiveConnection,
  type LiveSource,
} from '../src/shared/live/live-connection.ts';

class FakeSource implements LiveSource {
  readyState = 1;
  readonly #listeners = new Map<string, (event: { data?: unknown }) => void>();

  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void {
    this.#listeners.set(type, listener);
  }

  close(): void {
    this.readyState = 2;
  }

  emit(type: string, data?: unknown): void {
    this.#listeners.get(type)?.({ data });
  }

  change(kind: string): void {
    this.emit('message', JSON.stringify({ kind, id: '1' }));
  }
}

interface Timer {
  atMs: number;
  run: () => void;
}

/** The connection under a clock that the test turns. */
class Bench {
  readonly sources: FakeSource[] = [];
  readonly changes: string[][] = [];
  readonly states: string[] = [];
  hellos = 0;
  refusals = 0;
  /** What onChanges returns. */
  handled: Promise<void> = Promise.resolve();
  readonly connection: LiveConnection;
  #nowMs = 0;
  #timers: Timer[] = [];

  constructor() {
    this.connection = createLiveConnection({
      open: () => {
        const source = new FakeSource();
        this.sources.push(source);
        return source;
      },
      setTimer: (run, delayMs) => {
        const timer = { atMs: this.#nowMs + delayMs, run };
        this.#timers.push(timer);
        return () => (this.#timers = this.#timers.filter((other) => other !== timer));
      },
      onChanges: (kinds) => {
        this.changes.push([...kinds].toSorted());
        return this.handled;
      },
      onHello: () => (this.hellos += 1),
      onRefused: () => (this.refusals += 1),
      onState: (state) => this.states.push(state),
    });
    this.connection.start();
  }

  get source(): FakeSource {
    const last = this.sources.at(-1);
    if (last === undefined) throw new Error('nothing was opened');
    return last;
  }

  async advance(ms: number): Promise<void> {
    await this.settle();
    this.#nowMs += ms;
    const due = this.#timers.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#timers = this.#timers.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { run } of due) run();
    await this.settle();
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  }
}

describe('the live connection', () => {
  it('passes the first change on at once and gathers those that follow', async () => {
    const bench = new Bench();
    bench.source.change('media');
    bench.source.change('task');
    bench.source.change('task');
    bench.source.change('log');
    expect(bench.changes).toEqual([['media']]);
    await bench.advance(500);
    expect(bench.changes).toEqual([['media'], ['log', 'task']]);
  });

  it('passes on at most two batches a second', async () => {
    const bench = new Bench();
    for (let step = 0; step < 100; step += 1) {
      bench.source.change('media');
      await bench.advance(20);
    }
    expect(bench.changes.length).toBeLessThanOrEqual(5);
    expect(bench.changes.length).toBeGreaterThanOrEqual(4);
  });

  it('does not pass on more before the last batch is dealt with', async () => {
    const bench = new Bench();
    const { promise, resolve } = Promise.withResolvers<void>();
    bench.handled = promise;
    bench.source.change('media');
    bench.source.change('log');
    await bench.advance(5000);
    expect(bench.changes).toEqual([['media']]);
    resolve();
    await bench.settle();
    expect(bench.changes).toEqual([['media'], ['log']]);
  });

  it('reports every hello, since what was missed before it is unknown', () => {
    const bench = new Bench();
    bench.source.emit('hello');
    bench.source.emit('error');
    bench.source.emit('hello');
    expect(bench.hellos).toBe(2);
    expect(bench.states).toEqual(['connecting', 'live', 'reconnecting', 'live']);
  });

  it('opens a new source, ever more patiently, when the browser has given up', async () => {
    const bench = new Bench();
    for (const waitMs of [1000, 2000, 4000]) {
      const before = bench.sources.length;
      bench.source.close();
      bench.source.emit('error');
      await bench.advance(waitMs - 1);
      expect(bench.sources).toHaveLength(before);
      await bench.advance(1);
      expect(bench.sources).toHaveLength(before + 1);
    }
    expect(bench.refusals).toBe(3);
  });

  it('leaves reconnecting to the browser while that still tries', async () => {
    const bench = new Bench();
    bench.source.emit('error');
    await bench.advance(60_000);
    expect(bench.sources).toHaveLength(1);
  });

  it('ignores what it does not understand', () => {
    const bench = new Bench();
    bench.source.change('toString');
    bench.source.emit('message', 'not json');
    bench.source.emit('message', '[1]');
    bench.source.emit('message');
    expect(bench.changes).toEqual([]);
  });

  it('is silent after stop', async () => {
    const bench = new Bench();
    bench.source.change('media');
    bench.source.change('log');
    bench.connection.stop();
    await bench.advance(10_000);
    expect(bench.changes).toEqual([['media']]);
    expect(bench.source.readyState).toBe(2);
  });
});
