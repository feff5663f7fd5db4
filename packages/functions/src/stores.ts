import type { Database } from '@vodstack/platform';
import { createAsyncStore, type AsyncStore } from './async/async-store.ts';
import { createFunctionStore, type FunctionStore } from './function-store.ts';
import { createNamespaceStore, type NamespaceStore } from './namespace-store.ts';
import { createTriggerStore, type TriggerStore } from './triggers/trigger-store.ts';
import { createAliasStore, type AliasStore } from './versions/alias-store.ts';
import { createCachedReads, type CachedReads } from './versions/cached-reads.ts';
import { createVersionStore, type VersionStore } from './versions/version-store.ts';

export interface Stores {
  functions: FunctionStore;
  versions: VersionStore;
  aliases: AliasStore;
  namespaces: NamespaceStore;
  triggers: TriggerStore;
  events: AsyncStore;
  /** What a call needs of them, at hand. */
  calls: CachedReads;
}

/** What the function service keeps in the database. */
export function createStores(database: Database): Stores {
  const functions = createFunctionStore(database);
  const versions = createVersionStore(database);
  const aliases = createAliasStore(database);
  const calls = createCachedReads({ functions, versions, aliases });
  return {
    functions: forgettingAfter(functions, calls, [
      'create',
      'setStatus',
      'failUnfinished',
      'switchTo',
      'remove',
    ]),
    versions: forgettingAfter(versions, calls, ['publish', 'remove']),
    aliases: forgettingAfter(aliases, calls, ['create', 'save', 'remove']),
    namespaces: createNamespaceStore(database),
    triggers: createTriggerStore(database),
    events: createAsyncStore(database),
    calls,
  };
}

/** The store; what was read before one of its changes is forgotten when that is over, also when it failed. */
function forgettingAfter<Store extends object>(
  store: Store,
  reads: { forget(): void },
  changes: readonly (keyof Store & string)[],
): Store {
  const changing = changes.map((name) => {
    const change = store[name] as (...values: unknown[]) => Promise<unknown>;
    const andForget = (...values: unknown[]) => change(...values).finally(() => reads.forget());
    return [name, andForget] as const;
  });
  return { ...store, ...Object.fromEntries(changing) };
}
