import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type ActionCaller, answerAction } from './answer-action.ts';
import type { FunctionViews } from './function-views.ts';
import type { GatewayViews } from './gateway-views.ts';
import { orRefuse } from './or-refuse.ts';

export interface FunctionParts {
  readonly views: FunctionViews;
  readonly gateway: GatewayViews;
  /** The function service's API, as the signed-in account. */
  readonly actions: ActionCaller;
}

type OfFunction = { Params: { name: string } };

/** An event to try a function with may have 6 MB. */
const MAX_ACTION_BYTES = 8 * 1024 * 1024;
const MAX_HOURS = 14 * 24;

const namespace = { namespace: z.string().max(100).optional() };
/** The filters of the cloud's log page. */
const logQuery = z.object({
  ...namespace,
  limit: z.coerce.number().int().min(1).max(200).catch(50),
  before: z.string().max(500).optional(),
  failed: z
    .string()
    .optional()
    .transform((value) => value === '1'),
  succeeded: z
    .string()
    .optional()
    .transform((value) => value === '1'),
  after: z.string().optional(),
  requestId: z.string().optional(),
  text: z.string().optional(),
  qualifier: z.string().optional(),
  statusCodes: z
    .string()
    .optional()
    .transform((codes) => codes?.split(',').map(Number).filter(Number.isInteger)),
});
const metricsQuery = z.object({
  ...namespace,
  hours: z.coerce.number().int().min(1).max(MAX_HOURS).default(24),
});
const codeQuery = z.object({ ...namespace, qualifier: z.string().max(100).optional() });
const fileQuery = codeQuery.extend({ path: z.string().min(1).max(2000) });

/** `/console/api/functions`, `/gateway`, and the function service's own actions under `/scf`. */
export function registerFunctionRoutes(scope: FastifyInstance, parts: FunctionParts): void {
  const { views, gateway, actions } = parts;
  scope.get('/functions', () => views.list());
  scope.get<OfFunction>('/functions/:name/logs', async ({ params, query }) => {
    const { namespace: space, ...filter } = logQuery.parse(query);
    return await views.logs({ name: params.name, namespace: space }, filter);
  });
  scope.get<OfFunction>('/functions/:name/metrics', async ({ params, query }, reply) => {
    const parsed = metricsQuery.safeParse(query);
    if (!parsed.success) return reply.code(400).send({ message: z.prettifyError(parsed.error) });
    const { hours, namespace: space } = parsed.data;
    return await views.metrics({ name: params.name, namespace: space }, hours);
  });
  scope.get<OfFunction>('/functions/:name/code', async ({ params, query }, reply) => {
    const parsed = codeQuery.safeParse(query);
    if (!parsed.success) return reply.code(400).send({ message: z.prettifyError(parsed.error) });
    return await orRefuse(reply, () => views.code({ ...params, ...parsed.data }));
  });
  scope.get<OfFunction>('/functions/:name/code/file', async ({ params, query }, reply) => {
    const parsed = fileQuery.safeParse(query);
    if (!parsed.success) return reply.code(400).send({ message: z.prettifyError(parsed.error) });
    const { path, ...target } = parsed.data;
    return await orRefuse(reply, () => views.codeFile({ ...params, ...target }, path));
  });
  scope.post<{ Params: { action: string } }>(
    '/scf/:action',
    { bodyLimit: MAX_ACTION_BYTES },
    (request, reply) => answerAction(actions, request, reply),
  );
  scope.get('/gateway', () => gateway.list());
  scope.post<{ Params: { apiId: string } }>('/gateway/apis/:apiId/remove', (request, reply) =>
    orRefuse(reply, async () => {
      await gateway.removeApi(request.params.apiId);
      return {};
    }),
  );
}
