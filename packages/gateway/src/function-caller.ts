import type { Logger } from '@vodstack/platform';
import type { FunctionResult } from './function-response.ts';
import { GATEWAY_ERRORS, toErrorAnswer, type HttpAnswer } from './http-answer.ts';

export interface FunctionCall {
  namespace: string;
  name: string;
  /** A version or an alias. */
  qualifier: string;
  /** JSON text. */
  event: string;
  trigger: string;
  /** Of the HTTP request that causes the call: 32 hex characters. */
  gatewayRequestId: string;
  /** Aborts when the HTTP server has closed; never because a client or the gateway stopped waiting. */
  signal: AbortSignal;
}

/** Rejects with an error whose `code` starts with `ResourceNotFound` when there is no such function. */
export type InvokeFunction = (call: FunctionCall) => Promise<FunctionResult & { requestId: string }>;

/** Runs one function for a request and turns its result into an answer. */
export type FunctionCaller = (
  call: Omit<FunctionCall, 'signal'>,
  options: { timeoutSec: number; toAnswer: (result: FunctionResult) => HttpAnswer },
) => Promise<HttpAnswer>;

export function createFunctionCaller(deps: {
  invoke: InvokeFunction;
  logger: Logger;
  signal: AbortSignal;
}): FunctionCaller {
  const { invoke, logger, signal } = deps;
  return async (call, { timeoutSec, toAnswer }) => {
    const { name, namespace, gatewayRequestId: requestId } = call;
    try {
      const result = await within(timeoutSec * 1000, invoke({ ...call, signal }));
      if (!result) return GATEWAY_ERRORS.timedOut();
      const { requestId: functionRequestId, statusCode } = result;
      logger.info({ requestId, functionRequestId, function: name, statusCode }, 'gateway called a function');
      const answer = toAnswer(result);
      answer.headers['x-scf-request-id'] = functionRequestId;
      return answer;
    } catch (err) {
      if (!isNotFound(err)) throw err;
      return toErrorAnswer(404, `There is no function ${name} in the namespace ${namespace}.`);
    }
  };
}

/** Undefined when the time is up. The call goes on, as in the cloud: what it does then must not be cut in half. */
async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T | undefined> {
  const limit = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => limit.resolve(undefined), timeoutMs);
  try {
    return await Promise.race([promise, limit.promise]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => undefined);
  }
}

export function isNotFound(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return typeof error.code === 'string' && error.code.startsWith('ResourceNotFound');
}
