import type { FunctionService } from '@vodstack/functions';
import type { FastifyInstance } from 'fastify';

/** Code packages, at the addresses that GetFunctionAddress answers. */
export function registerPackageRoutes(app: FastifyInstance, functions: FunctionService): void {
  app.get<{ Params: { token: string } }>('/scf/code/:token', async (request, reply) => {
    const stream = await functions.openPackage(request.params.token);
    if (stream) return reply.type('application/zip').send(stream);
    return reply
      .code(404)
      .send({ message: 'This address is not known, or no longer: ask GetFunctionAddress.' });
  });
}
