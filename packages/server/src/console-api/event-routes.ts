import { isEventType, sampleEvent } from '@vodstack/protocol';
import { EVENT_STATES, type EventService } from '@vodstack/vod';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { orRefuse } from './or-refuse.ts';

const id = z.coerce.number().int().positive();
const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: id.optional(),
  type: z.string().max(100).optional(),
  state: z.enum(EVENT_STATES).optional(),
  fileId: z.string().max(64).optional(),
  subAppId: id.optional(),
});
const replayBody = z
  .strictObject({
    eventIds: z.array(z.number().int().positive()).min(1).max(1000).optional(),
    since: z.iso.datetime({ offset: true }).pipe(z.coerce.date()).optional(),
    fileId: z.string().max(64).optional(),
    type: z.string().max(100).optional(),
    endpointId: id.optional(),
    subAppId: id.optional(),
  })
  .refine(
    ({ eventIds, since, fileId }) => Boolean(eventIds ?? since ?? fileId),
    'Say which: eventIds, since or fileId.',
  );
const triggerBody = z.strictObject({
  type: z.string().max(100),
  fileId: z.string().max(64).optional(),
  set: z.record(z.string().max(500), z.json()).optional(),
  endpointId: id.optional(),
  subAppId: id.optional(),
});
const sampleQuery = z.object({
  type: z.string().refine(isEventType, 'There is no event type of this name.'),
});

/** What a message to look at tells of: no file and no task that there is. */
const SAMPLE = {
  fileId: '5285890784246869930',
  taskId: '1256768367-procedurev2-sample',
  baseUrl: 'http://127.0.0.1:8080/sample',
  at: new Date(Date.UTC(2026, 0, 1)),
};

/** `/console/api/events`: what was told to whom, and telling it again. */
export function registerEventRoutes(scope: FastifyInstance, events: EventService): void {
  scope.get('/events', async (request, reply) => {
    const query = listQuery.safeParse(request.query);
    if (!query.success) return reply.code(400).send({ message: z.prettifyError(query.error) });
    return await orRefuse(reply, async () => ({ items: await events.list(query.data) }));
  });
  scope.get('/events/sample', (request, reply) => {
    const query = sampleQuery.safeParse(request.query);
    if (!query.success) return reply.code(400).send({ message: z.prettifyError(query.error) });
    return { message: JSON.parse(sampleEvent(query.data.type, SAMPLE)) as object };
  });
  scope.post('/events/replay', async (request, reply) => {
    const body = replayBody.safeParse(request.body);
    if (!body.success) return reply.code(400).send({ message: z.prettifyError(body.error) });
    return await orRefuse(reply, async () => ({ eventIds: await events.replay(body.data) }));
  });
  scope.post('/events/trigger', async (request, reply) => {
    const body = triggerBody.safeParse(request.body);
    if (!body.success) return reply.code(400).send({ message: z.prettifyError(body.error) });
    return await orRefuse(reply, async () => ({ eventId: await events.trigger(body.data) }));
  });
}
