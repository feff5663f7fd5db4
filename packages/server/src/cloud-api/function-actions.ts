import { FunctionError, type FunctionService, UnknownActionError } from '@vodstack/functions';
import { ApiError, invalidAction } from '@vodstack/protocol';
import type { CallAction } from './api-routes.ts';

/** The actions of API version 2018-04-16: those of the function service. */
export function createFunctionActions(functions: FunctionService): CallAction {
  return async (action, parameters, signal) => {
    try {
      return await functions.call(action, parameters, signal);
    } catch (error) {
      if (error instanceof UnknownActionError) throw invalidAction(error.action);
      if (error instanceof FunctionError) throw new ApiError(error.code, error.message, { cause: error });
      throw error;
    }
  };
}
