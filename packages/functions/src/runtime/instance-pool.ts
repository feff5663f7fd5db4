import type { Logger } from '@vodstack/platform';
import type { DeployedFunction } from '../function-store.ts';
import type { InitReport } from '../log-text.ts';
import type { Outcome } from '../outcome.ts';
import type { Instance } from './instance.ts';
import { LaunchError } from './launch-error.ts';
import type { WarmInstances, WarmMember } from './warm-instances.ts';

/** What a pool keeps: a process of one function version. */
export interface PooledInstance {
  readonly fn: DeployedFunction;
  readonly ready: Promise<{ kind: 'ready'; init: InitReport } | Outcome>;
  readonly exited: Promise<void>;
  kill(): void;
}

/** An instance for one request. Give it back with `release` exactly once. */
export interface Lease<I extends PooledInstance = Instance> {
  kind: 'lease';
  instance: I;
  /** Present when the request had to wait for this instance to start. */
  coldStart: InitReport | undefined;
  release(isReusable: boolean): void;
}

export interface PoolCounts {
  starting: number;
  idle: number;
  busy: number;
}

/** The warm instances of one function. Always runs the newest version that it was told of. */
export interface InstancePool<I extends PooledInstance = Instance> {
  /** Waits for an idle or a new instance; answers an outcome when there will be none. Never rejects. */
  acquire(signal?: AbortSignal): Promise<Lease<I> | Outcome>;
  /** Retires the instances of older versions: idle ones now, busy ones after their request. Resolves when all are gone. */
  switchTo(fn: DeployedFunction): Promise<void>;
  /** Starts an instance unless there is one, or there are many already that wait for work. */
  prewarm(): void;
  /** Ends instances that were idle since before `idleSince` (performance.now()). */
  reap(idleSince: number): void;
  counts(): PoolCounts;
  /** Refuses what waits and what comes, ends what is idle; busy instances end with their request. */
  close(outcome: Outcome): Promise<void>;
}

export interface PoolOptions<I extends PooledInstance = Instance> {
  fn: DeployedFunction;
  launch: (fn: DeployedFunction) => I;
  logger: Logger;
  /** How many requests one instance serves at once. Default: one. */
  capacityOf?: (fn: DeployedFunction) => number;
  /** Most instances of the current version at once. */
  maxInstances: number;
  /** Most requests that wait for one. */
  maxWaiting: number;
  /** Shared by all pools. */
  warm: WarmInstances;
}

export function createInstancePool<I extends PooledInstance>(options: PoolOptions<I>): InstancePool<I> {
  return new FunctionPool(options);
}

interface Member<I> extends WarmMember {
  instance: I;
  isStarting: boolean;
  /** Requests that it serves now. */
  active: number;
  idleAt: number;
}

interface Waiter<I extends PooledInstance> {
  settle(result: Lease<I> | Outcome): void;
}

type State = 'starting' | 'idle' | 'busy';

class FunctionPool<I extends PooledInstance> implements InstancePool<I> {
  readonly #options: PoolOptions<I>;
  #fn: DeployedFunction;
  /** Every process that lives, of any version, in the order in which they became idle last. */
  readonly #members = new Set<Member<I>>();
  readonly #waiters = new Set<Waiter<I>>();
  #closedBy: Outcome | undefined;

  constructor(options: PoolOptions<I>) {
    this.#options = options;
    this.#fn = options.fn;
  }

  acquire(signal?: AbortSignal): Promise<Lease<I> | Outcome> {
    if (this.#closedBy) return Promise.resolve(this.#closedBy);
    if (signal?.aborted) return Promise.resolve({ kind: 'canceled' });
    if (this.#waiters.size >= this.#options.maxWaiting) return Promise.resolve({ kind: 'overrun' });
    return new Promise((resolve) => {
      const waiter: Waiter<I> = {
        settle: (result) => {
          this.#waiters.delete(waiter);
          signal?.removeEventListener('abort', onAbort);
          resolve(result);
        },
      };
      const onAbort = (): void => waiter.settle({ kind: 'canceled' });
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(waiter);
      this.#pump();
    });
  }

  async switchTo(fn: DeployedFunction): Promise<void> {
    const old = [...this.#members].filter(({ instance }) => instance.fn.revision < fn.revision);
    if (fn.revision > this.#fn.revision) {
      this.#fn = fn;
      for (const { instance, active } of old) if (active === 0) instance.kill();
      this.#pump();
    }
    await Promise.all(old.map(({ instance }) => instance.exited));
  }

  prewarm(): void {
    const isNeeded = !this.#closedBy && this.#current().length === 0;
    if (isNeeded && this.#options.warm.hasRoom()) this.#launch();
  }

  reap(idleSince: number): void {
    for (const member of this.#current('idle')) if (member.idleAt < idleSince) this.#evict(member);
  }

  counts(): PoolCounts {
    const count = (state: State): number => this.#current(state).length;
    return { starting: count('starting'), idle: count('idle'), busy: count('busy') };
  }

  async close(outcome: Outcome): Promise<void> {
    this.#closedBy ??= outcome;
    for (const waiter of this.#waiters) waiter.settle(outcome);
    const all = [...this.#members];
    for (const { instance, active } of all) if (active === 0) instance.kill();
    await Promise.all(all.map(({ instance }) => instance.exited));
  }

  #current(state?: State): Member<I>[] {
    return [...this.#members].filter(
      (member) => member.instance.fn === this.#fn && (state === undefined || stateOf(member) === state),
    );
  }

  /** Those that can take one more request. */
  #free(): Member<I>[] {
    const capacity = this.#capacity();
    return this.#current().filter((member) => !member.isStarting && member.active < capacity);
  }

  #capacity(): number {
    return this.#options.capacityOf?.(this.#fn) ?? 1;
  }

  /** Serves who waits from free instances, newest first, and starts as many as are still missing. */
  #pump(): void {
    const free = this.#free();
    const capacity = this.#capacity();
    for (const waiter of this.#waiters) {
      const member = free.at(-1);
      if (!member) break;
      this.#lend(member, waiter, undefined);
      if (member.active >= capacity) free.pop();
    }
    if (this.#closedBy) return;
    const missing = Math.ceil(this.#waiters.size / capacity) - this.#current('starting').length;
    const room = this.#options.maxInstances - this.#current().length;
    for (let count = Math.min(missing, room); count > 0; count -= 1) this.#launch();
  }

  #launch(): void {
    const instance = this.#tryLaunch();
    if (!instance) return;
    const member: Member<I> = {
      instance,
      isStarting: true,
      active: 0,
      idleAt: 0,
      evict: () => this.#evict(member),
    };
    this.#members.add(member);
    this.#options.warm.add(member);
    void instance.ready.then((result) => this.#onReady(member, result));
    void instance.exited.then(() => this.#onExited(member));
  }

  #tryLaunch(): I | undefined {
    try {
      return this.#options.launch(this.#fn);
    } catch (err) {
      this.#options.logger.error(
        { err, function: this.#fn.name },
        'no process can be started for a function',
      );
      const [waiter] = this.#waiters;
      const message = err instanceof LaunchError ? err.message : 'no process can be started for the function';
      waiter?.settle({ kind: 'start-failed', message });
      return undefined;
    }
  }

  #onReady(member: Member<I>, result: { kind: 'ready'; init: InitReport } | Outcome): void {
    if (member.instance.fn !== this.#fn || this.#closedBy) {
      member.instance.kill();
      return;
    }
    const [waiter] = this.#waiters;
    if (result.kind !== 'ready') {
      const { namespace, name } = this.#fn;
      this.#options.logger.warn(
        { namespace, function: name, outcome: result.kind },
        'a function did not start',
      );
      // Its exit may take a moment; meanwhile it must not count as an instance.
      this.#members.delete(member);
      waiter?.settle(result);
      this.#pump();
    } else if (waiter) {
      member.isStarting = false;
      this.#lend(member, waiter, result.init);
      this.#pump();
    } else {
      member.isStarting = false;
      this.#makeIdle(member);
    }
  }

  #lend(member: Member<I>, waiter: Waiter<I>, coldStart: InitReport | undefined): void {
    member.active += 1;
    this.#options.warm.remove(member);
    waiter.settle({
      kind: 'lease',
      instance: member.instance,
      coldStart,
      release: (isReusable) => this.#takeBack(member, isReusable),
    });
  }

  #takeBack(member: Member<I>, isReusable: boolean): void {
    member.active -= 1;
    const isRetired = member.instance.fn !== this.#fn || this.#closedBy !== undefined;
    if (!isReusable || (isRetired && member.active === 0)) {
      this.#members.delete(member);
      member.instance.kill();
    } else if (this.#members.has(member) && member.active === 0) {
      this.#makeIdle(member);
    }
    this.#pump();
  }

  /** Moves it to the end: the set's order is the order of last use. */
  #makeIdle(member: Member<I>): void {
    member.idleAt = performance.now();
    this.#members.delete(member);
    this.#members.add(member);
    this.#options.warm.add(member);
    this.#pump();
  }

  #onExited(member: Member<I>): void {
    this.#options.warm.remove(member);
    if (this.#members.delete(member)) this.#pump();
  }

  /** Leaves the pool at once: until its exit is known, nobody must be served by it. */
  #evict(member: Member<I>): boolean {
    if (stateOf(member) !== 'idle') return false;
    this.#members.delete(member);
    this.#options.warm.remove(member);
    member.instance.kill();
    return true;
  }
}

function stateOf({ isStarting, active }: Member<unknown>): State {
  if (isStarting) return 'starting';
  return active === 0 ? 'idle' : 'busy';
}
