import { z } from 'zod';
import { DEFAULT_MESSAGE_TTL_SEC, DEFAULT_RETRY_NUM, assertFunctionDetails } from '../function-details.ts';
import { defineAction, type Action } from './action.ts';
import { functionFields, integer, text, toKey } from './fields.ts';

export const getFunctionEventInvokeConfig: Action = defineAction({
  name: 'GetFunctionEventInvokeConfig',
  parameters: { ...functionFields, Qualifier: text.optional() },
  async handle(context, request) {
    const { details } = await context.resolver.find(toKey(request));
    return {
      AsyncTriggerConfig: {
        RetryConfig: [{ RetryNum: details.retryNum ?? DEFAULT_RETRY_NUM }],
        MsgTTL: details.messageTtlSec ?? DEFAULT_MESSAGE_TTL_SEC,
      },
    };
  },
});

export const updateFunctionEventInvokeConfig: Action = defineAction({
  name: 'UpdateFunctionEventInvokeConfig',
  parameters: {
    ...functionFields,
    AsyncTriggerConfig: z.object({
      RetryConfig: z.array(z.object({ RetryNum: integer })).optional(),
      MsgTTL: integer.optional(),
    }),
  },
  async handle(context, request) {
    const current = await context.resolver.find(toKey(request));
    const { RetryConfig: retries = [], MsgTTL: messageTtlSec } = request.AsyncTriggerConfig;
    const retryNum = retries[0]?.RetryNum;
    const details = {
      ...current.details,
      ...(retryNum === undefined ? {} : { retryNum }),
      ...(messageTtlSec === undefined ? {} : { messageTtlSec }),
    };
    assertFunctionDetails(details);
    await context.deployer.updateConfig({ ...current, details });
    return {};
  },
});
