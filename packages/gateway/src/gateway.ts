import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Database, Logger } from '@vodstack/platform';
import { assertApiDefinition, isEnvironment, toAddress, type Api, type ApiDefinition } from './api.ts';
import { matchApi } from './api-match.ts';
import { createApiStore, type ApiStore } from './api-store.ts';
import { toFunctionEvent } from './function-event.ts';
import { toHttpAnswer, type FunctionResult } from './function-response.ts';
import { GATEWAY_ERRORS, toErrorAnswer, type HttpAnswer } from './http-answer.ts';
import { readBody } from './request-body.ts';
import { parseRequestTarget, toServiceId, type RequestTarget } from './request-target.ts';

export interface FunctionCall {
  namespace: string;
  name: string;
  /** JSON text. */
  event: string;
  trigger: string;
  /** Aborts when the HTTP server has closed; never because a client or the gateway stopped waiting. */
  signal: AbortSignal;
}

export interface GatewayDependencies {
  database: Database;
  logger: Logger;
  appId: string | number;
  /** Rejects with an error whose `code` starts with `ResourceNotFound` when there is no such function. */
  invoke: (call: FunctionCall) => Promise<FunctionResult & { requestId: string }>;
}

export interface DeployApiRequest extends Omit<ApiDefinition, 'functionNamespace' | 'base64Encoded'> {
  serviceName: string;
  /** Default `default`. */
  functionNamespace?: string;
  /** Default false. */
  base64Encoded?: boolean;
}

/** An API and where it is reached: `address` on this server, `host` with the environment and path in the cloud's form. */
export interface ApiInfo extends Api {
  address: string;
}

export interface ServiceInfo {
  serviceId: string;
  name: string;
  /** Also answers on this server, through the Host header. */
  host: string;
  apis: ApiInfo[];
}

/** The API gateway: HTTP request → function event → HTTP response. The schema `gateway` must be migrated before. */
export interface Gateway {
  /**
   * Binds a path and method to a function. The same service name, environment, path and method keep their address.
   *
   * @returns `path` such as `/service-abcdefgh/release/callback`
   * @throws GatewayError when the definition is not acceptable
   */
  deployApi(request: DeployApiRequest): Promise<{ serviceId: string; apiId: string; path: string }>;
  list(): Promise<ServiceInfo[]>;
  /** Whether a Host header names one of this account's services: ask before any other route, then call `handle`. */
  matchesHost(host: string | undefined): boolean;
  /** Answers one request, by Host or by path. Call it before the body is read: in an `onRequest` hook that returns its result. */
  handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
  /** Adds `/service-xxxxxxxx/…`, and the Host form as a hook before every other route of this instance. */
  registerRoutes(fastify: FastifyInstance): void;
}

/** API Gateway's limit for what it hands to a function. */
const MAX_BODY_BYTES = 6 * 1024 * 1024;
const SERVICE_PATH = '/:serviceId(^service-[a-z0-9]{8}$)';

export function createGateway(deps: GatewayDependencies): Gateway {
  return new FunctionGateway(deps);
}

class FunctionGateway implements Gateway {
  readonly #deps: GatewayDependencies;
  readonly #appId: string;
  readonly #apis: ApiStore;
  readonly #closed = new AbortController();

  constructor(deps: GatewayDependencies) {
    this.#deps = deps;
    this.#appId = String(deps.appId);
    this.#apis = createApiStore(deps.database);
  }

  async deployApi(request: DeployApiRequest): Promise<{ serviceId: string; apiId: string; path: string }> {
    const { serviceName, functionNamespace = 'default', base64Encoded = false, ...rest } = request;
    const definition: ApiDefinition = { ...rest, functionNamespace, base64Encoded };
    assertApiDefinition(serviceName, definition);
    const api = await this.#apis.save(serviceName, definition);
    return { serviceId: api.serviceId, apiId: api.apiId, path: toAddress(api) };
  }

  async list(): Promise<ServiceInfo[]> {
    const services = await this.#apis.list();
    return services.map(({ serviceId, name, apis }) => ({
      serviceId,
      name,
      host: `${serviceId}-${this.#appId}.gz.apigw.tencentcs.com`,
      apis: apis.map((api) => ({ ...api, address: toAddress(api) })),
    }));
  }

  matchesHost(host: string | undefined): boolean {
    return toServiceId(host, this.#appId) !== undefined;
  }

  registerRoutes(fastify: FastifyInstance): void {
    const answer = (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
      this.handle(request, reply);
    fastify.addHook('onRequest', async (request, reply) => {
      return this.matchesHost(request.headers.host) ? answer(request, reply) : undefined;
    });
    // In a hook, because only there the body is still unread and its type does not matter.
    for (const url of [SERVICE_PATH, `${SERVICE_PATH}/*`]) fastify.all(url, { onRequest: answer }, answer);
    fastify.addHook('onClose', async () => this.#closed.abort());
  }

  async handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const requestId = randomBytes(16).toString('hex');
    const answer = await this.#answer(request, requestId).catch((err: unknown) => {
      this.#deps.logger.error({ err, requestId }, 'a gateway request failed');
      return GATEWAY_ERRORS.internal();
    });
    const { status, headers, body } = answer;
    void reply.code(status).headers({ ...headers, 'x-api-requestid': requestId });
    return reply.send(body.length === 0 ? undefined : body);
  }

  async #answer(request: FastifyRequest, requestId: string): Promise<HttpAnswer> {
    const { host = '' } = request.headers;
    const target = parseRequestTarget(request.raw.url ?? '/', toServiceId(host, this.#appId));
    const apis = await this.#apis.find(target.serviceId);
    if (!apis) return GATEWAY_ERRORS.noHost(host);
    if (!isEnvironment(target.environment)) return GATEWAY_ERRORS.noEnvironment(target.environment);
    const inEnvironment = apis.filter((api) => api.environment === target.environment);
    const isPreflight = request.method === 'OPTIONS' && 'access-control-request-method' in request.headers;
    const wanted = isPreflight ? String(request.headers['access-control-request-method']) : request.method;
    const match = matchApi(inEnvironment, target.path, wanted);
    if (match.kind === 'no-path') return GATEWAY_ERRORS.noUri(target.path);
    if (match.kind === 'no-method') return GATEWAY_ERRORS.methodNotAllowed();
    if (!match.api.enableCors && isCrossOrigin(request)) return GATEWAY_ERRORS.crossOrigin(target.path);
    if (isPreflight) return toPreflightAnswer(request, match.api);
    const answer = await this.#call(request, { ...match, target, requestId });
    if (match.api.enableCors) answer.headers['access-control-allow-origin'] ??= '*';
    return answer;
  }

  async #call(request: FastifyRequest, routed: Routed): Promise<HttpAnswer> {
    const { api, requestId, target, pathParameters } = routed;
    const body = await readBody(request.raw, MAX_BODY_BYTES);
    if (body.kind === 'too-large') return GATEWAY_ERRORS.bodyTooLarge(MAX_BODY_BYTES);
    if (body.kind === 'aborted') return toErrorAnswer(499, 'Client closed the request.');
    const event = toFunctionEvent({
      api,
      requestId,
      pathParameters,
      method: request.method,
      headers: request.headers,
      scheme: request.protocol,
      sourceIp: request.ip.replace(/^::ffff:/u, ''),
      path: target.path,
      query: target.query,
      body: body.bytes,
    });
    return this.#invoke(api, event, requestId);
  }

  async #invoke(api: Api, event: string, requestId: string): Promise<HttpAnswer> {
    const { functionNamespace: namespace, functionName: name, timeoutSec } = api;
    const call = { namespace, name, event, trigger: 'apigw', signal: this.#closed.signal };
    const { logger } = this.#deps;
    try {
      const result = await within(timeoutSec * 1000, this.#deps.invoke(call));
      if (!result) return GATEWAY_ERRORS.timedOut();
      const functionRequestId = result.requestId;
      logger.info(
        { requestId, functionRequestId, function: name, statusCode: result.statusCode },
        'gateway called a function',
      );
      const answer = toHttpAnswer(result, { integrated: api.integratedResponse, requestId });
      answer.headers['x-scf-request-id'] = functionRequestId;
      return answer;
    } catch (err) {
      if (!isNotFound(err)) throw err;
      return toErrorAnswer(404, `There is no function ${name} in the namespace ${namespace}.`);
    }
  }
}

interface Routed {
  api: Api;
  pathParameters: Record<string, string>;
  target: RequestTarget;
  requestId: string;
}

/** Undefined when the time is up. The call goes on, as in the cloud: what it does then must not be cut in half. */
async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T | undefined> {
  const limit = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => limit.resolve(undefined), timeoutMs);
  try {
    return await Promise.race([promise, limit.promise]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => undefined);
  }
}

function isNotFound(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return typeof error.code === 'string' && error.code.startsWith('ResourceNotFound');
}

function isCrossOrigin({ headers }: FastifyRequest): boolean {
  const { origin, host } = headers;
  return origin !== undefined && URL.parse(origin)?.host !== host;
}

function toPreflightAnswer({ headers }: FastifyRequest, api: Api): HttpAnswer {
  const requested = headers['access-control-request-headers'];
  return {
    status: 200,
    headers: {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': api.method === 'ANY' ? 'GET,HEAD,POST,PUT,DELETE,OPTIONS' : api.method,
      'access-control-allow-headers': requested ?? '*',
      'access-control-max-age': '600',
    },
    body: Buffer.alloc(0),
  };
}
