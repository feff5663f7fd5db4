import { FunctionError, type FunctionService, UnknownActionError } from '@vodstack/functions';
import { ApiError, invalidAction } from '@vodstack/protocol';

type CallFunctionAction = (
  action: string,
  parameters: Record<string, unknown>,
  signal: AbortSignal,
) => Promise<object>;

/** The actions of API version 2018-04-16: those of the function service. */
export function createFunctionActions(functions: Pick<FunctionService, 'call'>): CallFunctionAction {
  return (action, parameters, signal) => withApiErrors(() => functions.call(action, parameters, signal));
}

/** What the function service refuses becomes the API's error of the same code. */
export async function withApiErrors<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnknownActionError) throw invalidAction(error.action);
    if (error instanceof FunctionError) throw new ApiError(error.code, error.message, { cause: error });
    throw error;
  }
}
