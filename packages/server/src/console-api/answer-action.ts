import { randomUUID } from 'node:crypto';
import type { Logger } from '@vodstack/platform';
import { ApiError, toErrorEnvelope, toSuccessEnvelope } from '@vodstack/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

export interface ActionCaller {
  readonly call: (
    action: string,
    parameters: Record<string, unknown>,
    signal: AbortSignal,
  ) => Promise<object>;
  readonly logger: Logger;
}

const parameters = z.record(z.string(), z.unknown());

/** An action of the cloud's API as the signed-in account, in the cloud's own envelope. */
export async function answerAction(
  { call, logger }: ActionCaller,
  request: FastifyRequest<{ Params: { action: string } }>,
  reply: FastifyReply,
): Promise<object> {
  const requestId = randomUUID();
  const closed = new AbortController();
  reply.raw.once('close', () => closed.abort());
  try {
    const answer = await call(request.params.action, parameters.parse(request.body ?? {}), closed.signal);
    return toSuccessEnvelope(answer, requestId);
  } catch (error) {
    if (!(error instanceof ApiError)) logger.error({ err: error, requestId }, 'an API action failed');
    return toErrorEnvelope(error, requestId);
  }
}
