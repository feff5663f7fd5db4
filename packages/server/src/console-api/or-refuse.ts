import { ApiError } from '@vodstack/protocol';
import type { FastifyReply } from 'fastify';

/** What an ApiError says is for the person at the console too. */
export async function orRefuse<Result>(
  reply: FastifyReply,
  work: () => Promise<Result>,
): Promise<Result | FastifyReply> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiError) return reply.code(400).send({ message: error.message });
    throw error;
  }
}
