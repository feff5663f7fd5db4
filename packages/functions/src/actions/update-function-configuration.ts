import { assertFunctionConfig } from '../function-config.ts';
import { FunctionError } from '../function-error.ts';
import { defineAction, type Action } from './action.ts';
import { applyConfiguration, configurationFields } from './configuration.ts';
import { functionFields, text, toKey, toPublish } from './fields.ts';

export const updateFunctionConfiguration: Action = defineAction({
  name: 'UpdateFunctionConfiguration',
  unsupported: [
    'Layers',
    'CfsConfig',
    'VpcConfig',
    'Role',
    'InstallDependency',
    'IntranetConfig',
    'ProtocolParams',
  ],
  parameters: {
    ...functionFields,
    ...configurationFields,
    Runtime: text.optional(),
    Publish: text.optional(),
  },
  async handle(context, request) {
    const current = await context.resolver.find(toKey(request));
    const { Runtime: runtime = current.runtime } = request;
    if (runtime !== '' && runtime !== current.runtime) {
      throw new FunctionError(
        'InvalidParameterValue.Runtime',
        `The runtime of a function cannot be changed: it is ${current.runtime}, and "${runtime}" is asked for.`,
      );
    }
    const config = applyConfiguration(current, request);
    assertFunctionConfig(config);
    await context.deployer.updateConfig(config, { isPublished: toPublish(request.Publish) });
    return {};
  },
});
