import { FunctionError } from '../function-error.ts';
import { LATEST, type DeployedFunction, type FunctionKey, type FunctionStore } from '../function-store.ts';
import { DEFAULT_ALIAS, type AliasStore } from './alias-store.ts';
import { routeAlias } from './route-alias.ts';
import type { VersionStore } from './version-store.ts';

/** From names to functions. */
export interface Resolver {
  /** @throws FunctionError ResourceNotFound.Function */
  find(key: FunctionKey): Promise<DeployedFunction>;
  /** @throws FunctionError ResourceNotFound.Function, ResourceNotFound.Qualifier */
  resolve(
    key: FunctionKey,
    qualifier: string,
    routingKey?: Record<string, string>,
  ): Promise<DeployedFunction>;
}

export interface ResolverReads {
  functions: Pick<FunctionStore, 'find'>;
  versions: Pick<VersionStore, 'find'>;
  aliases: Pick<AliasStore, 'find'>;
}

export function createResolver(stores: ResolverReads): Resolver {
  const find = async (key: FunctionKey): Promise<DeployedFunction> => {
    const fn = await stores.functions.find(key);
    if (!fn) throw functionNotFound(key);
    return fn;
  };
  const findVersion = async (key: FunctionKey, version: string): Promise<DeployedFunction> => {
    if (version === LATEST) return await find(key);
    const published = isVersionNumber(version) ? await stores.versions.find(key, version) : undefined;
    if (published) return published;
    await find(key);
    throw qualifierNotFound(key, version);
  };
  return {
    find,
    async resolve(key, qualifier, routingKey = {}) {
      if (qualifier === LATEST || isVersionNumber(qualifier)) return await findVersion(key, qualifier);
      const alias = await stores.aliases.find(key, qualifier);
      if (alias) return await findVersion(key, routeAlias(alias, routingKey, Math.random()));
      const fn = await find(key);
      if (qualifier === DEFAULT_ALIAS) return fn;
      throw qualifierNotFound(key, qualifier);
    },
  };
}

/** At most nine digits: what PostgreSQL's integer holds. */
export const isVersionNumber = (text: string): boolean => /^[1-9]\d{0,8}$/u.test(text);

export function functionNotFound({ namespace, name }: FunctionKey): FunctionError {
  return new FunctionError(
    'ResourceNotFound.Function',
    `There is no function "${name}" in the namespace "${namespace}".`,
  );
}

function qualifierNotFound({ name }: FunctionKey, qualifier: string): FunctionError {
  return new FunctionError(
    'ResourceNotFound.Qualifier',
    `The function "${name}" has no version or alias "${qualifier}".`,
  );
}
