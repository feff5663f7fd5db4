import { assertFunctionConfig, type FunctionConfig } from '../function-config.ts';
import { FunctionError } from '../function-error.ts';
import { assertNamespaceExists } from './assert-namespace.ts';
import { defineAction, type Action } from './action.ts';
import { flag, functionFields, text, toKey } from './fields.ts';

export const copyFunction: Action = defineAction({
  name: 'CopyFunction',
  unsupported: ['TargetRegion'],
  parameters: {
    ...functionFields,
    NewFunctionName: text,
    TargetNamespace: text.optional(),
    TargetRegion: text.optional(),
    Description: text.optional(),
    Override: flag.optional(),
    CopyConfiguration: flag.optional(),
  },
  async handle(context, request) {
    const source = await context.resolver.find(toKey(request));
    const { TargetNamespace: namespace = source.namespace, NewFunctionName: name } = request;
    const {
      Override: isOverride = true,
      CopyConfiguration: isComplete = true,
      Description: description,
    } = request;
    if (source.codeKey === '') {
      throw new FunctionError(
        'FailedOperation.CopyFailed',
        `The function "${source.name}" has no code: it is ${source.status}.`,
      );
    }
    await assertNamespaceExists(context, namespace);
    const details = {
      ...(isComplete ? source.details : {}),
      ...(description === undefined ? {} : { description }),
    };
    const bare = { timeoutSec: 3, memoryMb: 128, environment: {} };
    const config: FunctionConfig = { ...source, ...(isComplete ? {} : bare), namespace, name, details };
    assertFunctionConfig(config);
    if (!isOverride && (await context.functions.find(config))) {
      throw new FunctionError(
        'ResourceInUse.FunctionName',
        `There is a function "${name}" in the namespace "${namespace}" already.`,
      );
    }
    await context.deployer.copyCode(source, config);
    return {};
  },
});
