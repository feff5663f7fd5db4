import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { VodContext } from '../context.ts';
import { CORS_HEADERS, registerPreflight } from './cors.ts';
import { describePlay } from './play-info.ts';
import { PlayError, readPlayRequest } from './play-request.ts';

interface PlayInfoCall {
  Params: { appId: string; fileId: string };
  Querystring: { psign?: unknown; context?: unknown };
}

const URL_PATH = '/getplayinfo/v4/:appId/:fileId';

/** What players ask first (playvideo.qcloud.com): where a media is, and whether they may play it. Refusals are HTTP 200, too. */
export function registerPlayInfoRoutes(app: FastifyInstance, context: VodContext): void {
  app.get<PlayInfoCall>(URL_PATH, async (request, reply) => {
    reply.headers({ ...CORS_HEADERS, 'cache-control': 'no-store' });
    const { psign, context: ownContext } = request.query;
    const envelope = {
      requestId: randomUUID(),
      version: 4,
      context: typeof ownContext === 'string' ? ownContext : '',
      warning: '',
    };
    try {
      const play = await readPlayRequest(context, { ...request.params, psign });
      return { code: 0, message: '', ...envelope, media: await describePlay(context, play) };
    } catch (error) {
      if (!(error instanceof PlayError)) throw error;
      return { code: error.code, message: error.message, ...envelope };
    }
  });
  registerPreflight(app, URL_PATH);
}
