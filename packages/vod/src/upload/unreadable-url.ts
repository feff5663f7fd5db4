import type { Logger } from '@vodstack/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerObjectError, isObjectRequest } from './object-routes.ts';
import { StorageError } from './storage-error.ts';

/** What the framework cannot decode (`%zz`) reaches no route: the object storage answers it in its own form all the same. */
export function answerUnreadableUrl(
  logger: Logger,
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (isObjectRequest(request))
    return answerObjectError({ logger }, new StorageError('InvalidURI'), request, reply);
  return reply.code(400).send({ message: error.message });
}
