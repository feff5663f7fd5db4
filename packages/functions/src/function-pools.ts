import type { DeployedFunction, FunctionKey } from './function-store.ts';
import type { Outcome } from './outcome.ts';
import type { WebInstance } from './runtime/web-instance.ts';
import { isWebFunction } from './web-function.ts';
import type { Instance } from './runtime/instance.ts';
import type { InstancePool, PoolCounts, PooledInstance } from './runtime/instance-pool.ts';

/** The warm instances of every function and version of this server. */
export interface FunctionPools<I extends PooledInstance = Instance> {
  /** Makes the pool at the first request. */
  of(fn: DeployedFunction): InstancePool<I>;
  counts(fn: DeployedFunction): PoolCounts;
  /** Starts an instance of a new `$LATEST`. Resolves when the older ones have served their last request. */
  replace(fn: DeployedFunction): Promise<void>;
  /** Ends the pools of a function, or of one of its versions. Resolves when their last request is over. */
  remove(key: FunctionKey, functionVersion?: string): Promise<void>;
  reap(idleSince: number): void;
  /** Resolves when every instance is gone. */
  close(outcome: Outcome): Promise<void>;
}

export function createFunctionPools<I extends PooledInstance>(
  createPool: (fn: DeployedFunction) => InstancePool<I>,
): FunctionPools<I> {
  const pools = new Map<string, InstancePool<I>>();
  const of = (fn: DeployedFunction): InstancePool<I> => {
    const known = pools.get(toPoolKey(fn));
    if (known) {
      // Another process may have deployed since.
      void known.switchTo(fn);
      return known;
    }
    const pool = createPool(fn);
    pools.set(toPoolKey(fn), pool);
    return pool;
  };
  return {
    of,
    counts: (fn) => pools.get(toPoolKey(fn))?.counts() ?? { starting: 0, idle: 0, busy: 0 },
    async replace(fn) {
      const pool = of(fn);
      const retired = pool.switchTo(fn);
      pool.prewarm();
      await retired;
    },
    async remove(key, functionVersion) {
      const prefix = toPrefix(key);
      const wanted = [...pools].filter(([poolKey]) =>
        functionVersion === undefined ? poolKey.startsWith(prefix) : poolKey === prefix + functionVersion,
      );
      for (const [poolKey] of wanted) pools.delete(poolKey);
      const gone: Outcome = { kind: 'start-failed', message: 'the function was removed' };
      await Promise.all(wanted.map(([, pool]) => pool.close(gone)));
    },
    reap(idleSince) {
      for (const pool of pools.values()) pool.reap(idleSince);
    },
    async close(outcome) {
      await Promise.all([...pools.values()].map((pool) => pool.close(outcome)));
    },
  };
}

/** Those of event functions and those of web functions, as one. */
export type PoolControl = Omit<FunctionPools, 'of'>;

export function joinPools(events: FunctionPools, web: FunctionPools<WebInstance>): PoolControl {
  const poolsOf = (fn: DeployedFunction): PoolControl => (isWebFunction(fn) ? web : events);
  const both: PoolControl[] = [events, web];
  return {
    counts: (fn) => poolsOf(fn).counts(fn),
    replace: (fn) => poolsOf(fn).replace(fn),
    async remove(key, functionVersion) {
      await Promise.all(both.map((pools) => pools.remove(key, functionVersion)));
    },
    reap(idleSince) {
      for (const pools of both) pools.reap(idleSince);
    },
    async close(outcome) {
      await Promise.all(both.map((pools) => pools.close(outcome)));
    },
  };
}

/** `@` is in no name of a function. */
const toPrefix = ({ namespace, name }: FunctionKey): string => `${namespace}/${name}@`;
const toPoolKey = (fn: DeployedFunction): string => toPrefix(fn) + fn.functionVersion;
