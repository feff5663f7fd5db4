import { assertFunctionConfig } from '../function-config.ts';
import { defineAction, type Action } from './action.ts';
import { codeField, MAX_UPDATE_ZIP_BYTES, readCode } from './code-source.ts';
import { functionFields, text, toKey, toPublish } from './fields.ts';

export const updateFunctionCode: Action = defineAction({
  name: 'UpdateFunctionCode',
  unsupported: ['CosObjectName', 'Code.CosObjectName', 'Code.ImageConfig', 'InstallDependency', 'EnvId'],
  parameters: {
    ...functionFields,
    Handler: text.optional(),
    ZipFile: text.optional(),
    CosBucketName: text.optional(),
    CosObjectName: text.optional(),
    Code: codeField.optional(),
    Publish: text.optional(),
  },
  async handle(context, request) {
    const current = await context.resolver.find(toKey(request));
    const { ZipFile: zip, CosObjectName: object, Handler: handler = current.handler } = request;
    const config = { ...current, handler: handler === '' ? current.handler : handler };
    assertFunctionConfig(config);
    const source = {
      ...request.Code,
      ...(zip === undefined ? {} : { ZipFile: zip }),
      ...(object === undefined ? {} : { CosObjectName: object }),
    };
    const isPublished = toPublish(request.Publish);
    const files = await readCode(source, MAX_UPDATE_ZIP_BYTES);
    await context.deployer.updateCode(config, async () => files, { isPublished });
    return {};
  },
});
