import { z } from 'zod';
import { FunctionError } from '../function-error.ts';
import { LATEST, type FunctionKey } from '../function-store.ts';
import { assertDescription } from '../function-details.ts';
import type { AliasRouting } from '../tables.ts';
import { DEFAULT_ALIAS, type Alias } from '../versions/alias-store.ts';
import { parseRange } from '../versions/route-alias.ts';
import { defineAction, type Action, type ActionContext } from './action.ts';
import { decimal, functionFields, integer, text, toKey, toPage, toTimeText } from './fields.ts';

const routingConfig = z.object({
  AdditionalVersionWeights: z.array(z.object({ Version: text, Weight: decimal })).optional(),
  AddtionVersionMatchs: z
    .array(z.object({ Version: text, Key: text, Method: text, Expression: text }))
    .optional(),
});

const aliasFields = {
  ...functionFields,
  Name: text,
  FunctionVersion: text,
  RoutingConfig: routingConfig.optional(),
  Description: text.optional(),
} as const;

export const createAlias: Action = defineAction({
  name: 'CreateAlias',
  parameters: aliasFields,
  async handle(context, request) {
    const key = toKey(request);
    const now = context.clock();
    const alias = { ...toAlias(request), createdAt: now, modifiedAt: now };
    await assertAlias(context, key, alias);
    if (alias.name === DEFAULT_ALIAS || !(await context.aliases.create(key, alias))) {
      throw new FunctionError(
        'ResourceInUse.Alias',
        `The function "${key.name}" has an alias "${alias.name}" already.`,
      );
    }
    return {};
  },
});

export const updateAlias: Action = defineAction({
  name: 'UpdateAlias',
  parameters: aliasFields,
  async handle(context, request) {
    const key = toKey(request);
    const known = await findAlias(context, key, request.Name);
    const changed: Alias = {
      ...known,
      ...toAlias({ ...request, Description: request.Description ?? known.description }),
      modifiedAt: context.clock(),
    };
    await assertAlias(context, key, changed);
    await context.aliases.save(key, changed);
    return {};
  },
});

export const getAlias: Action = defineAction({
  name: 'GetAlias',
  parameters: { ...functionFields, Name: text },
  async handle(context, request) {
    return toView(await findAlias(context, toKey(request), request.Name));
  },
});

export const listAliases: Action = defineAction({
  name: 'ListAliases',
  parameters: {
    ...functionFields,
    FunctionVersion: text.optional(),
    Offset: integer.optional(),
    Limit: integer.optional(),
  },
  async handle(context, request) {
    const key = toKey(request);
    const byDefault = await findAlias(context, key, DEFAULT_ALIAS);
    const others = (await context.aliases.list(key)).filter(({ name }) => name !== DEFAULT_ALIAS);
    const { FunctionVersion: version = '' } = request;
    const aliases = [byDefault, ...others].filter(
      ({ functionVersion }) => version === '' || functionVersion === version,
    );
    const { offset, limit } = toPage(request);
    return { Aliases: aliases.slice(offset, offset + limit).map(toView), TotalCount: aliases.length };
  },
});

export const deleteAlias: Action = defineAction({
  name: 'DeleteAlias',
  parameters: { ...functionFields, Name: text },
  async handle(context, request) {
    const key = toKey(request);
    if (request.Name === DEFAULT_ALIAS) {
      throw new FunctionError('InvalidParameterValue.Alias', 'The alias $DEFAULT cannot be deleted.');
    }
    await context.resolver.find(key);
    if (await context.aliases.remove(key, request.Name)) return {};
    throw aliasNotFound(key, request.Name);
  },
});

function toAlias(request: z.infer<z.ZodObject<typeof aliasFields>>): Omit<Alias, 'createdAt' | 'modifiedAt'> {
  return {
    name: request.Name,
    functionVersion: request.FunctionVersion,
    routing: request.RoutingConfig ?? {},
    description: request.Description ?? '',
  };
}

async function findAlias(context: ActionContext, key: FunctionKey, name: string): Promise<Alias> {
  const fn = await context.resolver.find(key);
  const alias = await context.aliases.find(key, name);
  if (alias) return alias;
  if (name !== DEFAULT_ALIAS) throw aliasNotFound(key, name);
  const times = { createdAt: fn.createdAt, modifiedAt: fn.createdAt };
  return { name, functionVersion: LATEST, routing: {}, description: '', ...times };
}

function aliasNotFound({ name }: FunctionKey, alias: string): FunctionError {
  return new FunctionError('ResourceNotFound.Alias', `The function "${name}" has no alias "${alias}".`);
}

/** @throws FunctionError */
async function assertAlias(context: ActionContext, key: FunctionKey, alias: Alias): Promise<void> {
  await context.resolver.find(key);
  if (!/^(?:\$DEFAULT|[A-Za-z][\w-]{0,63})$/u.test(alias.name)) {
    throw new FunctionError(
      'InvalidParameterValue.Alias',
      `An alias must be 1 to 64 letters, digits, "-" or "_" and start with a letter, got "${alias.name.slice(0, 80)}".`,
    );
  }
  assertDescription(alias.description);
  assertRouting(alias.routing);
  const { AdditionalVersionWeights: weights = [], AddtionVersionMatchs: matches = [] } = alias.routing;
  const versions = [
    alias.functionVersion,
    ...[...weights, ...matches].map(({ Version: version }) => version),
  ];
  for (const version of versions) await assertVersion(context, key, version);
}

async function assertVersion(context: ActionContext, key: FunctionKey, version: string): Promise<void> {
  const isNumber = /^[1-9]\d{0,8}$/u.test(version);
  if (version === LATEST || (isNumber && (await context.versions.find(key, version)))) return;
  throw new FunctionError(
    'ResourceNotFound.FunctionVersion',
    `The function "${key.name}" has no version "${version}" for an alias to point at.`,
  );
}

function assertRouting({
  AdditionalVersionWeights: weights = [],
  AddtionVersionMatchs: matches = [],
}: AliasRouting): void {
  if (weights.length > 1 || weights.some(({ Weight: weight }) => !(weight >= 0 && weight <= 1))) {
    throw new FunctionError(
      'InvalidParameterValue.AdditionalVersionWeights',
      'An alias may have one additional version, with a weight from 0 to 1.',
    );
  }
  const isBad = matches.some(({ Key: key, Method: method, Expression: expression }) => {
    if (!/^invoke\.headers\.[\w.-]+$/iu.test(key)) return true;
    return method === 'range' ? parseRange(expression) === undefined : method !== 'exact';
  });
  if (matches.length > 1 || isBad) {
    throw new FunctionError(
      'InvalidParameterValue.RoutingConfig',
      'An alias may have one rule: Key invoke.headers.<name>, Method exact, or range with an Expression such as [1,10).',
    );
  }
}

function toView(alias: Alias): object {
  const { AdditionalVersionWeights = [], AddtionVersionMatchs = [] } = alias.routing;
  return {
    Name: alias.name,
    FunctionVersion: alias.functionVersion,
    RoutingConfig: { AdditionalVersionWeights, AddtionVersionMatchs },
    Description: alias.description,
    AddTime: toTimeText(alias.createdAt),
    ModTime: toTimeText(alias.modifiedAt),
  };
}
