import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { VodContext } from '../context.ts';
import { CORS_HEADERS, registerPreflight } from './cors.ts';
import { isDrmToken } from './drm-token.ts';

const URL_PATH = '/drm/getkey';
const ABSENT = 'A decryption key needs fileId, keyId and a token of getplayinfo that has not expired.';

const keyQuery = z.object({
  fileId: z.string().max(40).regex(/^\d+$/),
  keyId: z
    .string()
    .max(200)
    .regex(/^[\w.-]+$/),
  token: z.string().max(200),
});

/** Hands out the keys of encrypted playlists (SimpleAES) to players with a token: 16 bytes each. */
export function registerKeyRoutes(app: FastifyInstance, context: VodContext): void {
  app.get(URL_PATH, (request, reply) => sendKey(context, request, reply));
  registerPreflight(app, URL_PATH);
}

async function sendKey(
  context: VodContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.headers({ ...CORS_HEADERS, 'cache-control': 'no-store' });
  const query = keyQuery.safeParse(request.query);
  const found = query.success ? await findKey(context, query.data) : undefined;
  if (!query.success || !found) return reply.code(403).send({ message: ABSENT });
  const { fileId, token } = query.data;
  const nowSec = Math.floor(context.clock().getTime() / 1000);
  const isOpen = found.status === 'Normal' && isDrmToken(token, { secret: found.drm_secret, fileId, nowSec });
  if (!isOpen) return reply.code(403).send({ message: ABSENT });
  return reply.type('application/octet-stream').send(found.key);
}

async function findKey(
  { db }: VodContext,
  { fileId, keyId }: { fileId: string; keyId: string },
): Promise<{ key: Buffer; status: string; drm_secret: string } | undefined> {
  return await db
    .selectFrom('vod.drm_key')
    .innerJoin('vod.media', 'vod.media.file_id', 'vod.drm_key.file_id')
    .innerJoin('vod.distribution', 'vod.distribution.sub_app_id', 'vod.media.sub_app_id')
    .select(['vod.drm_key.key', 'vod.media.status', 'drm_secret'])
    .where('key_id', '=', keyId)
    .where('vod.drm_key.file_id', '=', fileId)
    .executeTakeFirst();
}
