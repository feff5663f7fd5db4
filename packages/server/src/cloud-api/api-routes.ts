import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { ApiError, findHeader, toErrorEnvelope, toSuccessEnvelope } from '@vodstack/protocol';
import type { Logger } from '@vodstack/platform';
import type { Caller } from '@vodstack/vod';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authenticate, type KeyRing, type SigningKey } from './authenticate.ts';
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts';
import { type ApiCall, readCall } from './read-call.ts';

/** The largest request that the API takes (266/31755). */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** A function's code package of 50 MB comes in base64, beside its configuration (583/11637). */
const MAX_FUNCTION_BODY_BYTES = 68 * 1024 * 1024;
const FUNCTION_VERSION = '2018-04-16';

export type CallAction = (
  action: string,
  parameters: Record<string, unknown>,
  signal: AbortSignal,
  caller: Caller,
) => Promise<object>;

export interface ApiOptions {
  readonly keys: KeyRing;
  /** By API version, which tells the products apart: the clients' service names are not to be relied on. */
  readonly services: ReadonlyMap<string, CallAction>;
  /** Calls per second that a key may make to one action; 0: no limit. */
  readonly rateLimit: number;
  readonly clock: () => Date;
  readonly logger: Logger;
}

/**
 * The cloud API: POST and GET of `/`. Every answer is HTTP 200 with the content type exactly `application/json`, errors too:
 * the official clients lose the error of anything else.
 */
export async function registerApiRoutes(app: FastifyInstance, options: ApiOptions): Promise<void> {
  const limiter = createRateLimiter(options.rateLimit);
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', async (request: FastifyRequest, payload: Readable) =>
      readBody(payload, toBodyLimit(request)),
    );
    scope.setErrorHandler((error, request, reply) =>
      answerError(options, error, randomUUID(), request, reply),
    );
    scope.post('/', (request, reply) => answer(options, limiter, request, reply));
    scope.get('/', (request, reply) =>
      isApiCall(request) ? answer(options, limiter, request, reply) : reply.redirect('/console/', 302),
    );
  });
}

function toBodyLimit({ headers }: FastifyRequest): number {
  return findHeader(headers, 'x-tc-version') === FUNCTION_VERSION ? MAX_FUNCTION_BODY_BYTES : MAX_BODY_BYTES;
}

async function readBody(payload: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of payload as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      const megabytes = maxBytes / 1024 / 1024;
      throw new ApiError('RequestSizeLimitExceeded', `The request is larger than ${megabytes} MB.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

function isApiCall(request: FastifyRequest): boolean {
  return request.headers['x-tc-action'] !== undefined || /[?&]Action=/.test(request.url);
}

async function answer(
  options: ApiOptions,
  limiter: RateLimiter,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const requestId = randomUUID();
  try {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const call = await readCall(request, body);
    const nowSec = Math.floor(options.clock().getTime() / 1000);
    const key = await authenticate(request, body, call, options.keys, nowSec);
    limiter.assertAllowed(key.secretId, call, nowSec);
    const result = await dispatch(options, call, untilClosed(reply), key);
    return send(request, reply, toSuccessEnvelope(result, requestId));
  } catch (error) {
    return answerError(options, error, requestId, request, reply);
  }
}

async function dispatch(
  { services }: ApiOptions,
  call: ApiCall,
  signal: AbortSignal,
  { secretId, subAppIds }: SigningKey,
): Promise<object> {
  const service = services.get(call.version);
  if (service) return await service(call.action, call.parameters, signal, { secretId, subAppIds });
  throw new ApiError(
    'NoSuchVersion',
    `There is no API version ${JSON.stringify(call.version.slice(0, 20))} here; known: ${[...services.keys()].join(', ')}.`,
  );
}

/** Aborted when the client goes before it has its answer. */
function untilClosed(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

function answerError(
  { logger }: ApiOptions,
  error: unknown,
  requestId: string,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const shown = toApiError(error);
  if (!(shown instanceof ApiError)) logger.error({ err: error, requestId }, 'an API action failed');
  return send(request, reply, toErrorEnvelope(shown, requestId));
}

function toApiError(error: unknown): unknown {
  if (isRefusedByFramework(error))
    return new ApiError('InvalidRequest', `The request cannot be read: ${error.message}`);
  return error;
}

/** Such as a body that is not as long as its Content-Length says. */
function isRefusedByFramework(error: unknown): error is Error {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  return status < 500;
}

/** A Buffer, because the framework adds a charset to JSON texts and objects. */
function send(request: FastifyRequest, reply: FastifyReply, envelope: object): FastifyReply {
  const traceId = findHeader(request.headers, 'x-tc-traceid');
  if (traceId && /^[\w-]{1,64}$/.test(traceId)) reply.header('x-tc-traceid', traceId);
  return reply
    .code(200)
    .header('content-type', 'application/json')
    .send(Buffer.from(JSON.stringify(envelope)));
}
