import { DEFAULT_RETRY_NUM } from '../function-details.ts';
import type { DeployedFunction } from '../function-store.ts';
import type { AsyncEvent, DeadLetter } from './async-store.ts';

export interface GivenUp {
  event: AsyncEvent;
  fn: DeployedFunction;
  result: { statusCode: number; retMsg: string };
  now: Date;
}

/** The cloud's message to the dead letter queue, for a function that names one; with the event, which it leaves out. */
export function toDeadLetter(
  { event, fn, result, now }: GivenUp,
  { appId, uin }: { appId: string; uin: string },
): DeadLetter | undefined {
  const { deadLetter, retryNum = DEFAULT_RETRY_NUM } = fn.details;
  if (!deadLetter) return undefined;
  const { requestId, namespace, functionName, qualifier } = event;
  const body = {
    RequestId: requestId,
    ErrorCode: result.statusCode,
    ErrorMessage: result.retMsg,
    Body: {
      AppId: Number(appId),
      Uin: uin,
      SubAccountUin: uin,
      RequestSource: event.trigger,
      FunctionName: functionName,
      Namespace: namespace,
      Qualifier: qualifier,
      InvocationType: 'Event',
      ClientContext: event.event,
      LogType: '',
      TimeStampForInvoker: event.createdAt.getTime(),
      RequestId: requestId,
      PushTime: event.createdAt.getTime(),
      RetryNum: retryNum,
      Ttl: Math.round((event.expiresAt.getTime() - event.createdAt.getTime()) / 1000),
    },
  };
  return {
    queue: deadLetter.Name,
    namespace,
    functionName,
    requestId,
    body: JSON.stringify(body),
    createdAt: now,
  };
}
