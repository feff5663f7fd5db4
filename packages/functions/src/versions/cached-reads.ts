import { createReadCache } from '@vodstack/platform';
import type { FunctionKey } from '../function-store.ts';
import type { ResolverReads } from './resolver.ts';

/** How long calls may go on reaching what another server of this database changed. */
const KEEP_MS = 1000;

/** The same reads for calls, which come many times a second: each is made once in a second, and anew after a change. */
export interface CachedReads extends ResolverReads {
  forget(): void;
}

export function createCachedReads({ functions, versions, aliases }: ResolverReads): CachedReads {
  const caches: { clear(): void }[] = [];
  const cached = <Value>(find: (key: FunctionKey, of: string) => Promise<Value>) => {
    const cache = createReadCache({
      load: (text) => {
        const [namespace, name, of] = JSON.parse(text) as [string, string, string];
        return find({ namespace, name }, of);
      },
      keepMs: KEEP_MS,
    });
    caches.push(cache);
    return ({ namespace, name }: FunctionKey, of = '') => cache.get(JSON.stringify([namespace, name, of]));
  };
  return {
    functions: { find: cached(functions.find) },
    versions: { find: cached(versions.find) },
    aliases: { find: cached(aliases.find) },
    forget: () => caches.forEach((cache) => cache.clear()),
  };
}
