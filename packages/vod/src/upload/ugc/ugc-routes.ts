import type { models } from '@vodstack/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { resolveSubAppId } from '../../applications.ts';
import type { Caller } from '../../caller.ts';
import type { VodContext } from '../../context.ts';
import { DEFAULT_STORAGE_REGION, isStorageRegion, toBucket } from '../../media/locations.ts';
import type { UploadRow, VodDb } from '../../tables.ts';
import { discardBody } from '../discard-body.ts';
import { applyUgc, toSubAppId } from './apply-ugc.ts';
import { CLIENT_SCRIPT } from './client-script.ts';
import { checkSignature } from './check-signature.ts';
import { parseApplyBody, parseCommitBody, parsePrepareBody } from './ugc-bodies.ts';
import { toUgcError, UGC_CODES, UgcError } from './ugc-error.ts';

const MAX_BODY_BYTES = 64 * 1024;

/** Runs an API action in the name of who signed, on the database or a transaction. */
export type RunAction = (
  action: string,
  parameters: Record<string, unknown>,
  on: { readonly db: VodDb; readonly caller: Caller },
) => Promise<object>;

type Handler = (context: VodContext, body: string, run: RunAction) => Promise<object>;

/**
 * The upload interface for browsers and apps (UGC), by path or by Host (vod2.qcloud.com, vod2.dnsv1.com), and the sink for the
 * reports that the SDKs send of each upload. Signed by the upload signature in the body (266/9221); refusals are
 * `{code, message}` with HTTP 200, because the SDK tries its other host on anything else.
 */
export async function registerUgcRoutes(
  app: FastifyInstance,
  context: VodContext,
  run: RunAction,
): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
      (_request, body, done) => done(null, body),
    );
    scope.addHook('onRequest', async (request, reply) => {
      reply.headers(corsHeaders(request));
    });
    scope.setErrorHandler((error, request, reply) => answerError(context, error, request, reply));
    for (const url of ['/v3/index.php', '/ugcupload_new']) {
      scope.options(url, (_request, reply) => reply.code(204).send());
    }
    scope.post('/v3/index.php', async (request, reply) => {
      const body = typeof request.body === 'string' ? request.body : '';
      const data = await findHandler(request)(context, body, run);
      return reply.send({ code: 0, message: 'success', data });
    });
    scope.get('/client/vod-upload.js', (_request, reply) =>
      reply.type('text/javascript').header('cache-control', 'no-cache').send(CLIENT_SCRIPT),
    );
    // Told, and not kept.
    scope.post('/ugcupload_new', (_request, reply) => reply.send({ code: 0, message: 'success' }));
  });
}

/** Any page may upload: what it may do is in the signature. */
function corsHeaders(request: FastifyRequest): Record<string, string> {
  return {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'POST, OPTIONS',
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? 'content-type',
    'access-control-max-age': '600',
  };
}

const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ['PrepareUploadUGC', prepare],
  ['ApplyUploadUGC', apply],
  ['CommitUploadUGC', commit],
]);

function findHandler(request: FastifyRequest): Handler {
  const { Action } = request.query as Record<string, unknown>;
  const handler = HANDLERS.get(String(Action));
  if (handler) return handler;
  throw new UgcError('invalidParameter', `Action must be one of ${[...HANDLERS.keys()].join(', ')}.`);
}

/** Where uploads may go. All regions are this server, so that one is named and the SDK need not race them. */
async function prepare(context: VodContext, body: string): Promise<object> {
  const grant = await checkSignature(context, parsePrepareBody(body).signature);
  const subAppId = await resolveSubAppId({ ...context, caller: grant.caller }, toSubAppId(grant));
  const wanted = grant.params.get('storageRegion') ?? '';
  const region = isStorageRegion(wanted) ? wanted : DEFAULT_STORAGE_REGION;
  return {
    appId: subAppId,
    cosRegionList: [{ region, domain: toDomain({ bucket: toBucket(subAppId, region), region }) }],
  };
}

async function apply(context: VodContext, text: string, run: RunAction): Promise<object> {
  const body = parseApplyBody(text);
  const grant = await checkSignature(context, body.signature);
  const { caller } = grant;
  const upload = await applyUgc(
    { ...context, caller },
    {
      grant,
      body,
      apply: async (db, request) => await run('ApplyUpload', request, { db, caller }),
    },
  );
  return toApplyData(upload, context.clock());
}

function toApplyData(upload: UploadRow, now: Date): object {
  const at = upload.bucket.lastIndexOf('-');
  const video = { storagePath: `/${upload.media_key}`, storageSignature: '' };
  const cover = { storagePath: `/${upload.cover_key ?? ''}`, storageSignature: '' };
  return {
    ...(upload.replaces_cover ? {} : { video }),
    ...(upload.cover_key ? { cover } : {}),
    storageBucket: upload.bucket.slice(0, at),
    storageAppId: Number(upload.bucket.slice(at + 1)),
    storageRegion: upload.region,
    // The SDK reads the one for its COS mode and the other for its S3 mode.
    storageRegionV5: upload.region,
    StorageRegionV5: upload.region,
    domain: toDomain(upload),
    vodSessionKey: upload.session_key,
    appId: upload.sub_app_id,
    timestamp: Math.floor(now.getTime() / 1000),
    tempCertificate: {
      secretId: upload.secret_id,
      secretKey: upload.secret_key,
      token: upload.token,
      expiredTime: Math.floor(upload.expires_at.getTime() / 1000),
    },
  };
}

function toDomain({ bucket, region }: { bucket: string; region: string }): string {
  return `${bucket}.cos.${region}.myqcloud.com`;
}

async function commit(context: VodContext, text: string, run: RunAction): Promise<object> {
  const { signature, vodSessionKey } = parseCommitBody(text);
  const grant = await checkSignature(context, signature);
  const media = (await run(
    'CommitUpload',
    { VodSessionKey: vodSessionKey, SubAppId: toSubAppId(grant) ?? 0 },
    { db: context.db, caller: grant.caller },
  )) as models.CommitUploadResponse;
  return {
    fileId: media.FileId,
    video: { url: media.MediaUrl, verify_content: '' },
    ...(media.CoverUrl ? { cover: { url: media.CoverUrl, verify_content: '' } } : {}),
  };
}

function answerError(
  { logger }: VodContext,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const known = toUgcError(error) ?? toFrameworkError(error);
  if (known) {
    discardBody(request.raw);
    return reply.code(200).send({ code: known.code, message: known.message });
  }
  logger.error({ err: error, requestId: request.id }, 'an upload request of a client failed');
  return reply
    .code(500)
    .send({ code: UGC_CODES.internal, message: `An internal error occurred (${request.id}).` });
}

/** Such as a body over the limit. */
function toFrameworkError(error: unknown): UgcError | undefined {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  return status < 500 && error instanceof Error ? new UgcError('invalidParameter', error.message) : undefined;
}
