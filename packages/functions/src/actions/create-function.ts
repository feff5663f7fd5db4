import { assertFunctionConfig, type FunctionConfig } from '../function-config.ts';
import { FunctionError } from '../function-error.ts';
import { assertNamespaceExists } from './assert-namespace.ts';
import { defineAction, type Action } from './action.ts';
import { codeField, MAX_CREATE_ZIP_BYTES, readCode } from './code-source.ts';
import { applyConfiguration, configurationFields } from './configuration.ts';
import { functionFields, text, toKey } from './fields.ts';

/** Ours: many more than the cloud's quota of 50, so that it is met by a mistake only. */
const MAX_FUNCTIONS = 1000;

export const createFunction: Action = defineAction({
  name: 'CreateFunction',
  unsupported: [
    'Code.CosObjectName',
    'Code.TempCosObjectName',
    'Code.DemoId',
    'Code.GitUrl',
    'Code.ImageConfig',
    'Layers',
    'CfsConfig',
    'VpcConfig',
    'Role',
    'InstallDependency',
    'Tags',
    'IntranetConfig',
    'ProtocolParams',
    'TraceEnable',
    'AutoCreateClsTopic',
  ],
  parameters: {
    ...functionFields,
    ...configurationFields,
    Code: codeField.optional(),
    Handler: text.optional(),
    Runtime: text.optional(),
    Type: text.optional(),
    AsyncRunEnable: text.optional(),
    TraceEnable: text.optional(),
    ProtocolType: text.optional(),
  },
  async handle(context, request) {
    const key = toKey(request);
    const { Runtime: runtime = 'Python2.7', Handler: handler = 'index.main_handler' } = request;
    const { Type: type = 'Event', AsyncRunEnable: asyncRunEnable } = request;
    if (asyncRunEnable !== undefined && !['TRUE', 'FALSE'].includes(asyncRunEnable)) {
      throw new FunctionError(
        'InvalidParameterValue.AsyncRunEnable',
        `AsyncRunEnable must be TRUE or FALSE, got "${asyncRunEnable}".`,
      );
    }
    const base: FunctionConfig = {
      ...key,
      runtime,
      handler,
      timeoutSec: 3,
      memoryMb: 128,
      environment: {},
      details: {
        ...(type === 'Event' ? {} : { type }),
        ...(asyncRunEnable === 'TRUE' ? { asyncRunEnable } : {}),
      },
    };
    const config = applyConfiguration(base, request);
    assertFunctionConfig(config);
    await assertNamespaceExists(context, key.namespace);
    const files = await readCode(request.Code ?? {}, MAX_CREATE_ZIP_BYTES);
    if ((await context.functions.list()).length >= MAX_FUNCTIONS) {
      throw new FunctionError('LimitExceeded.Function', `There may be ${MAX_FUNCTIONS} functions here.`);
    }
    await context.deployer.create(config, async () => files);
    return {};
  },
});
