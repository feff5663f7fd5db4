import { FunctionError } from '../function-error.ts';
import { LATEST } from '../function-store.ts';
import { defineAction, type Action } from './action.ts';
import { functionFields, text, toKey } from './fields.ts';
import { removeVersion } from './versions.ts';

export const deleteFunction: Action = defineAction({
  name: 'DeleteFunction',
  parameters: { ...functionFields, Qualifier: text.optional() },
  async handle(context, request) {
    const key = toKey(request);
    const { Qualifier: qualifier = '' } = request;
    const { status } = await context.resolver.find(key);
    if (qualifier !== '' && qualifier !== LATEST) {
      await removeVersion(context, key, qualifier);
      return {};
    }
    if (status === 'Creating' || status === 'Updating') {
      throw new FunctionError(
        'FailedOperation.FunctionStatusError',
        `The function "${key.name}" is ${status}: it can be deleted once GetFunction says Active.`,
      );
    }
    await context.removeFunction(key);
    return {};
  },
});
