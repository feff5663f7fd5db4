import type { FastifyRequest } from 'fastify';
import { matchApi } from './api-match.ts';
import { pickParameters, type DeclaredValues } from './api-parameters.ts';
import type { ApiStore } from './api-store.ts';
import { isEnvironment, type Api } from './api.ts';
import { isEncodedInBase64 } from './base64-rules.ts';
import { isCrossOrigin, isPreflight, toCorsHeaders, toPreflightHeaders, type CorsPolicy } from './cors.ts';
import type { FunctionCaller } from './function-caller.ts';
import { toFunctionEvent, toOwnHeaders } from './function-event.ts';
import { toHttpAnswer } from './function-response.ts';
import { isSignedBy, parseHmacAuthorization } from './hmac-authorization.ts';
import { GATEWAY_ERRORS, toErrorAnswer, type HttpAnswer } from './http-answer.ts';
import type { KeyPairStore } from './key-pair-store.ts';
import type { RateCounter } from './rate-limits.ts';
import { MAX_BODY_BYTES, readBody } from './request-body.ts';
import { toSourceIp } from './request-source.ts';
import type { RequestTarget } from './request-target.ts';
import { answerFromWeb, type SendWeb } from './web-answer.ts';

export interface ApiAnswerDeps {
  apis: ApiStore;
  keyPairs: KeyPairStore;
  rates: RateCounter;
  callFunction: FunctionCaller;
  sendWeb: SendWeb;
  clock: () => Date;
}

interface Routed {
  api: Api;
  pathParameters: Record<string, string>;
  target: RequestTarget;
  requestId: string;
}

/** What a request has shown before its function is called. */
interface Admitted {
  secretId: string | undefined;
  declared: DeclaredValues;
}

/** Answers one request to a gateway service: finds the API, checks what it asks for, calls its function. */
export async function answerApiRequest(
  deps: ApiAnswerDeps,
  request: FastifyRequest,
  { target, requestId, isByHost }: { target: RequestTarget; requestId: string; isByHost: boolean },
): Promise<HttpAnswer> {
  const found = await findApi(deps.apis, request, target);
  if ('status' in found) return found;
  const { api } = found;
  const { protocols } = api.settings;
  if (isByHost && protocols && !protocols.includes(request.protocol === 'https' ? 'https' : 'http'))
    return GATEWAY_ERRORS.protocolNotAllowed();
  const cors = toCorsPolicy(api);
  if (!cors && isCrossOrigin(request.headers)) return GATEWAY_ERRORS.crossOrigin(target.path);
  if (cors && isPreflight(request.method, request.headers))
    return { status: 200, headers: toPreflightHeaders(cors, request.headers), body: Buffer.alloc(0) };
  const admitted = await admit(deps, request, { api, query: target.query });
  const answer =
    'status' in admitted ? admitted : await callApi(deps, request, { ...found, target, requestId }, admitted);
  return cors ? withCors(answer, cors, request) : answer;
}

async function findApi(
  store: ApiStore,
  { method, headers }: FastifyRequest,
  { serviceId, environment, path }: RequestTarget,
): Promise<Pick<Routed, 'api' | 'pathParameters'> | HttpAnswer> {
  const apis = await store.find(serviceId);
  if (!apis) return GATEWAY_ERRORS.noHost(headers.host ?? '');
  if (!isEnvironment(environment)) return GATEWAY_ERRORS.noEnvironment(environment);
  const wanted = isPreflight(method, headers) ? String(headers['access-control-request-method']) : method;
  const match = matchApi(
    apis.filter((api) => api.environment === environment),
    path,
    wanted,
  );
  if (match.kind === 'no-path') return GATEWAY_ERRORS.noUri(path);
  if (match.kind === 'no-method') return GATEWAY_ERRORS.methodNotAllowed();
  return match;
}

/** The order is the cloud's: who calls, how often, with what. */
async function admit(
  { keyPairs, rates, clock }: ApiAnswerDeps,
  request: FastifyRequest,
  { api, query }: { api: Api; query: string },
): Promise<Admitted | HttpAnswer> {
  const { secretIds, rateLimits = [], parameters = [] } = api.settings;
  const key = secretIds && (await authenticate(keyPairs, request, secretIds, clock()));
  if (typeof key === 'object') return key;
  const caller = { apiId: api.apiId, ip: toSourceIp(request), key };
  if (!rates.allow(rateLimits, caller)) return GATEWAY_ERRORS.rateLimited();
  const declared = pickParameters(parameters, { headers: request.headers, query });
  if ('missing' in declared) return GATEWAY_ERRORS.parameterRequired(declared.missing);
  return { secretId: key, declared };
}

async function authenticate(
  keyPairs: KeyPairStore,
  { headers }: FastifyRequest,
  secretIds: readonly string[],
  now: Date,
): Promise<string | HttpAnswer> {
  const authorization = parseHmacAuthorization(headers, now);
  if (typeof authorization === 'string') return GATEWAY_ERRORS.hmac(authorization);
  const { secretId } = authorization;
  const pair = await keyPairs.find(secretId.slice(0, 100));
  if (!pair || !isSignedBy(authorization, pair.secretKey)) return GATEWAY_ERRORS.hmac('mismatch');
  return secretIds.includes(secretId) ? secretId : GATEWAY_ERRORS.noUsagePlan();
}

async function callApi(
  { callFunction, sendWeb }: ApiAnswerDeps,
  request: FastifyRequest,
  { api, requestId, target, pathParameters }: Routed,
  { secretId, declared }: Admitted,
): Promise<HttpAnswer> {
  const called = {
    namespace: api.functionNamespace,
    name: api.functionName,
    qualifier: api.functionQualifier,
    trigger: 'apigw',
    gatewayRequestId: requestId,
  };
  if (api.settings.isWebFunction) {
    return await answerFromWeb(sendWeb, request, {
      target: { ...called, url: target.rawUrl },
      timeoutSec: api.timeoutSec,
      added: toOwnHeaders({ api, requestId, scheme: request.protocol }),
    });
  }
  const body = await readBody(request.raw, MAX_BODY_BYTES);
  if (body.kind === 'too-large') return GATEWAY_ERRORS.bodyTooLarge(MAX_BODY_BYTES);
  if (body.kind === 'aborted') return toErrorAnswer(499, 'Client closed the request.');
  const { base64Encoded, settings } = api;
  const event = toFunctionEvent({
    api,
    requestId,
    pathParameters,
    method: request.method,
    headers: request.headers,
    scheme: request.protocol,
    sourceIp: toSourceIp(request),
    path: target.path,
    query: target.query,
    body: body.bytes,
    isBase64: isEncodedInBase64({ base64Encoded, base64Rules: settings.base64Rules }, request.headers),
    declared,
    secretId,
  });
  return await callFunction(
    { ...called, event },
    {
      timeoutSec: api.timeoutSec,
      toAnswer: (result) => toHttpAnswer(result, { integrated: api.integratedResponse, requestId }),
    },
  );
}

function toCorsPolicy({ settings, enableCors, method }: Api): CorsPolicy | undefined {
  if (settings.cors) return settings.cors;
  if (!enableCors) return undefined;
  const methods = method === 'ANY' ? ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'] : [method];
  return { origins: ['*'], methods, headers: ['*'], exposeHeaders: [], credentials: false, maxAgeSec: 600 };
}

/** The function's own headers win. */
export function withCors(
  answer: HttpAnswer,
  cors: CorsPolicy,
  { headers }: Pick<FastifyRequest, 'headers'>,
): HttpAnswer {
  return { ...answer, headers: { ...toCorsHeaders(cors, headers), ...answer.headers } };
}
