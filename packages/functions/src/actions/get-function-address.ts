import { FunctionError } from '../function-error.ts';
import { LATEST } from '../function-store.ts';
import { defineAction, type Action } from './action.ts';
import { functionFields, text, toKey } from './fields.ts';

export const getFunctionAddress: Action = defineAction({
  name: 'GetFunctionAddress',
  parameters: { ...functionFields, Qualifier: text.optional() },
  async handle({ resolver, downloads, origin }, request) {
    const { Qualifier: qualifier = '' } = request;
    const fn = await resolver.resolve(toKey(request), qualifier === '' ? LATEST : qualifier);
    if (fn.codeKey === '') {
      throw new FunctionError(
        'FailedOperation.FunctionStatusError',
        `The function "${fn.name}" has no code yet: it is ${fn.status}.`,
      );
    }
    return {
      Url: `${origin()}/scf/code/${downloads.offer(fn.codeKey)}`,
      CodeSha256: await downloads.sha256Of(fn.codeKey),
    };
  },
});
