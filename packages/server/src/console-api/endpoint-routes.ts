import type { VodService } from '@vodstack/vod';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { orRefuse } from './or-refuse.ts';

const id = z.coerce.number().int().positive();
const MAX_OVERLAP_SEC = 30 * 86_400;

const endpointBody = z.strictObject({
  url: z.string().min(1).max(2048),
  name: z.string().max(100).optional(),
  eventTypes: z.array(z.string().max(100)).max(100).optional(),
  fileIds: z.array(z.string().max(64)).max(1000).optional(),
  classIds: z.array(z.number().int()).max(1000).optional(),
  subAppId: id.optional(),
});
const rotateBody = z.strictObject({
  overlapSec: z.number().int().min(0).max(MAX_OVERLAP_SEC).default(86_400),
});
const listQuery = z.object({ subAppId: id.optional() });
const deadLetterQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: id.optional(),
  endpointId: id.optional(),
});
const redriveBody = z.strictObject({
  endpointId: id.optional(),
  eventIds: z.array(id).min(1).max(1000).optional(),
});

type DeliveryParts = Pick<VodService, 'endpoints' | 'events'>;

/** `/console/api/endpoints` and `/console/api/dead-letters`: addresses of the profile `hardened`, and what they did not take. */
export function registerEndpointRoutes(scope: FastifyInstance, { endpoints, events }: DeliveryParts): void {
  scope.get('/endpoints', async (request, reply) => {
    const query = listQuery.safeParse(request.query);
    if (!query.success) return reply.code(400).send({ message: z.prettifyError(query.error) });
    const { subAppId } = query.data;
    const all = await endpoints.list();
    return { items: all.filter((each) => subAppId === undefined || each.subAppId === subAppId) };
  });
  scope.post('/endpoints', async (request, reply) => {
    const body = endpointBody.safeParse(request.body);
    if (!body.success) return reply.code(400).send({ message: z.prettifyError(body.error) });
    return await orRefuse(reply, () => endpoints.add(body.data));
  });
  for (const change of ['enable', 'disable', 'remove'] as const) {
    scope.post<{ Params: { endpointId: string } }>(`/endpoints/:endpointId/${change}`, (request, reply) =>
      orRefuse(reply, () => endpoints[change](toId(request.params.endpointId))),
    );
  }
  scope.post<{ Params: { endpointId: string } }>('/endpoints/:endpointId/rotate', async (request, reply) => {
    const body = rotateBody.safeParse(request.body ?? {});
    if (!body.success) return reply.code(400).send({ message: z.prettifyError(body.error) });
    const { endpointId } = request.params;
    return await orRefuse(reply, () => endpoints.rotate(toId(endpointId), body.data.overlapSec));
  });
  scope.get('/dead-letters', async (request, reply) => {
    const query = deadLetterQuery.safeParse(request.query);
    if (!query.success) return reply.code(400).send({ message: z.prettifyError(query.error) });
    return { items: await events.deadLetters(query.data) };
  });
  scope.post('/dead-letters/redrive', async (request, reply) => {
    const body = redriveBody.safeParse(request.body ?? {});
    if (!body.success) return reply.code(400).send({ message: z.prettifyError(body.error) });
    return await orRefuse(reply, async () => ({ eventIds: await events.redrive(body.data) }));
  });
}

/** 0, which no endpoint has, for a text that is no id. */
function toId(text: string): number {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : 0;
}
