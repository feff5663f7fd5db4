import type { VodService } from '@vodstack/vod';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { orRefuse } from './or-refuse.ts';

const MAX_DELAY_MS = 3_600_000;

const faultBody = z.strictObject({
  kind: z.string().max(100),
  probability: z.number().positive().max(1).optional(),
  count: z.number().int().positive().max(1_000_000).optional(),
  delayMs: z.number().int().min(0).max(MAX_DELAY_MS).optional(),
  eventType: z.string().max(100).optional(),
  fileId: z.string().max(64).optional(),
  subAppId: z.number().int().positive().optional(),
});

/** `/console/api/faults`: what goes wrong on purpose. */
export function registerFaultRoutes(scope: FastifyInstance, faults: VodService['faults']): void {
  scope.get('/faults', async () => ({ items: await faults.list() }));
  scope.post('/faults', async (request, reply) => {
    const body = faultBody.safeParse(request.body);
    if (!body.success) return reply.code(400).send({ message: z.prettifyError(body.error) });
    return await orRefuse(reply, () => faults.add(body.data));
  });
  scope.post('/faults/clear', async () => ({ removed: await faults.clear() }));
  scope.post<{ Params: { faultId: string } }>('/faults/:faultId/remove', (request, reply) => {
    const { faultId } = request.params;
    return orRefuse(reply, () => faults.remove(/^[1-9]\d{0,14}$/.test(faultId) ? Number(faultId) : 0));
  });
}
