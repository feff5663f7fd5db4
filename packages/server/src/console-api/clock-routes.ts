import type { VirtualClock } from '@vodstack/platform';
import type { VodService } from '@vodstack/vod';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

const MAX_ADVANCE_MS = 10 * 365 * 86_400_000;
const advanceBody = z.strictObject({ ms: z.number().int().positive().max(MAX_ADVANCE_MS) });

interface ClockParts {
  readonly vod: Pick<VodService, 'catchUp'>;
  readonly virtualClock: VirtualClock | undefined;
}

/** `/console/api/clock`: the time that the server goes by, and moving it, when it was started with a virtual clock. */
export function registerClockRoutes(scope: FastifyInstance, { vod, virtualClock }: ClockParts): void {
  const describe = (): object => ({
    now: (virtualClock?.now() ?? new Date()).toISOString(),
    aheadMs: virtualClock?.aheadMs() ?? 0,
    isVirtual: virtualClock !== undefined,
  });
  scope.get('/clock', describe);
  scope.post('/clock/advance', async (request, reply) => {
    const body = advanceBody.safeParse(request.body);
    if (!body.success) return reply.code(400).send({ message: z.prettifyError(body.error) });
    if (!virtualClock)
      return reply
        .code(400)
        .send({ message: 'The time moves only on a server started with --virtual-clock.' });
    await virtualClock.advance(body.data.ms);
    await vod.catchUp();
    return describe();
  });
}
