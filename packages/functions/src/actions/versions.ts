import { FunctionError } from '../function-error.ts';
import { LATEST, type DeployedFunction, type FunctionKey } from '../function-store.ts';
import { assertDescription } from '../function-details.ts';
import { defineAction, type Action, type ActionContext } from './action.ts';
import { functionFields, integer, text, toKey, toOrder, toPage, toTimeText } from './fields.ts';

export const publishVersion: Action = defineAction({
  name: 'PublishVersion',
  parameters: { ...functionFields, Description: text.optional() },
  async handle(context, request) {
    const key = toKey(request);
    const { Description: description = '' } = request;
    assertDescription(description);
    await context.resolver.find(key);
    const published = await context.deployer.publish(key, description);
    return {
      FunctionVersion: published.functionVersion,
      CodeSize: published.codeBytes,
      MemorySize: published.memoryMb,
      Description: description,
      Handler: published.handler,
      Timeout: published.timeoutSec,
      Runtime: published.runtime,
      Namespace: published.namespace,
    };
  },
});

export const listVersionByFunction: Action = defineAction({
  name: 'ListVersionByFunction',
  parameters: {
    ...functionFields,
    Offset: integer.optional(),
    Limit: integer.optional(),
    Order: text.optional(),
    OrderBy: text.optional(),
  },
  async handle(context, request) {
    const key = toKey(request);
    const latest = await context.resolver.find(key);
    const { offset, limit } = toPage(request);
    const published = await context.versions.list(key);
    if (toOrder(request.Order, 'desc') === 'desc') published.reverse();
    // The one that can be edited always comes first.
    const versions = [latest, ...published];
    const page = versions.slice(offset, offset + limit);
    return {
      FunctionVersion: page.map(({ functionVersion }) => functionVersion),
      Versions: page.map(toVersion),
      TotalCount: versions.length,
    };
  },
});

function toVersion({ functionVersion, details, createdAt, modifiedAt, status }: DeployedFunction): object {
  return {
    Version: functionVersion,
    Description: details.description ?? '',
    AddTime: toTimeText(createdAt),
    ModTime: toTimeText(modifiedAt),
    Status: status,
  };
}

export const deleteFunctionVersion: Action = defineAction({
  name: 'DeleteFunctionVersion',
  parameters: { ...functionFields, Qualifier: text, ForceDelete: text.optional() },
  async handle(context, request) {
    const key = toKey(request);
    await context.resolver.find(key);
    await removeVersion(context, key, request.Qualifier);
    return {};
  },
});

/** @throws FunctionError ResourceNotFound.FunctionVersion; UnsupportedOperation.AliasBind while an alias points at it */
export async function removeVersion(
  { aliases, deployer }: ActionContext,
  key: FunctionKey,
  functionVersion: string,
): Promise<void> {
  const bound = (await aliases.list(key)).find((alias) =>
    [
      alias.functionVersion,
      ...(alias.routing.AdditionalVersionWeights ?? []).map(({ Version: version }) => version),
      ...(alias.routing.AddtionVersionMatchs ?? []).map(({ Version: version }) => version),
    ].includes(functionVersion),
  );
  if (bound) {
    throw new FunctionError(
      'UnsupportedOperation.AliasBind',
      `The alias "${bound.name}" points at the version ${functionVersion}: change the alias first.`,
    );
  }
  const isNumber = /^[1-9]\d{0,8}$/u.test(functionVersion);
  if (functionVersion !== LATEST && isNumber && (await deployer.removeVersion(key, functionVersion))) return;
  throw new FunctionError(
    'ResourceNotFound.FunctionVersion',
    `The function "${key.name}" has no published version "${functionVersion}".`,
  );
}
