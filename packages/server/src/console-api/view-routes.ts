import { MEDIA_SORTS, TASK_STATES, type VodService } from '@vodstack/vod';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { orRefuse } from './or-refuse.ts';

const DAY_HOURS = 24;
const MAX_HOURS = 14 * DAY_HOURS;

const application = { subAppId: z.coerce.number().int().positive().optional() };
const paged = {
  ...application,
  limit: z.coerce.number().int().min(1).max(200).catch(50),
  cursor: z.string().max(500).optional(),
};
const mediaQuery = z.object({
  ...paged,
  q: z.string().max(200).optional(),
  category: z.enum(['Video', 'Audio', 'Image']).optional(),
  classId: z.coerce.number().int().optional(),
  tag: z.string().max(200).optional(),
  status: z.enum(['Processing', 'Failed', 'Forbidden']).optional(),
  sort: z.enum(MEDIA_SORTS).optional(),
});
const taskQuery = z.object({ ...paged, state: z.enum(TASK_STATES).optional() });
const overviewQuery = z.object({
  ...application,
  hours: z.coerce.number().int().min(1).max(MAX_HOURS).default(DAY_HOURS),
});
const detailQuery = z.object(application);

export interface ViewOptions {
  readonly vod: Pick<VodService, 'views'>;
  readonly findRecords: (fileId: string) => Promise<readonly object[]>;
}

/** `/console/api/media`, `/tasks` and `/overview`: what there is and what is going on. */
export function registerViews(scope: FastifyInstance, { vod, findRecords }: ViewOptions): void {
  const { views } = vod;
  scope.get('/media', async (request, reply) => {
    const query = mediaQuery.safeParse(request.query);
    if (!query.success) return reply.code(400).send({ message: z.prettifyError(query.error) });
    const { q: text, ...rest } = query.data;
    return await orRefuse(reply, () => views.listMedia({ ...rest, text }));
  });
  scope.get<{ Params: { fileId: string } }>('/media/:fileId', async (request, reply) => {
    const { fileId } = request.params;
    const { subAppId } = detailQuery.catch({}).parse(request.query);
    return await orRefuse(reply, async () => {
      const detail = await views.describeMedia({ fileId, subAppId });
      if (!detail) return reply.code(404).send({ message: `There is no media ${fileId}.` });
      return { ...detail, records: await findRecords(fileId) };
    });
  });
  scope.get('/tasks', async (request, reply) => {
    const query = taskQuery.safeParse(request.query);
    if (!query.success) return reply.code(400).send({ message: z.prettifyError(query.error) });
    return await orRefuse(reply, () => views.listTasks(query.data));
  });
  scope.get('/overview', async (request, reply) => {
    const query = overviewQuery.safeParse(request.query);
    if (!query.success) return reply.code(400).send({ message: z.prettifyError(query.error) });
    return await orRefuse(reply, () => views.overview(query.data));
  });
}
