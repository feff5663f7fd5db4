import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Database, Logger } from '@vodstack/platform';
import { answerApiRequest, type ApiAnswerDeps } from './api-answer.ts';
import { parseApiTrigger } from './api-trigger.ts';
import { createApiStore, type ServiceChoice } from './api-store.ts';
import { assertApiDefinition, toAddress, type Api, type ApiDefinition } from './api.ts';
import { createFunctionCaller, type InvokeFunction } from './function-caller.ts';
import { GATEWAY_ERRORS, type HttpAnswer } from './http-answer.ts';
import { createKeyPairStore, type KeyPair } from './key-pair-store.ts';
import { createRateCounter } from './rate-limits.ts';
import { parseHost, parseRequestTarget, parseUrlTarget } from './request-target.ts';
import { answerUrlRequest, type UrlAnswerDeps } from './url-answer.ts';

export interface GatewayDependencies extends Pick<
  UrlAnswerDeps,
  'findUrl' | 'findSignatureProblem' | 'sendWeb'
> {
  database: Database;
  logger: Logger;
  appId: string | number;
  invoke: InvokeFunction;
  clock?: () => Date;
}

type Defaulted = 'functionNamespace' | 'functionQualifier' | 'base64Encoded' | 'settings';

export type DeployApiRequest = ServiceChoice &
  Omit<ApiDefinition, Defaulted> &
  // Defaults: `default`, `$DEFAULT`, false, no settings.
  Partial<Pick<ApiDefinition, Defaulted>>;

export interface TriggerRequest {
  functionNamespace: string;
  functionName: string;
  functionQualifier: string;
  isWebFunction?: boolean;
  /** When the description names no time limit, the gateway waits a little longer than this, and 15 s at least. */
  functionTimeoutSec: number;
  /** JSON text: `{"api":{…},"service":{…},"release":{…}}`. */
  triggerDesc: string;
}

export interface DeployedTrigger {
  serviceId: string;
  apiId: string;
  /** Such as `/service-abcdefgh/release/callback`. */
  path: string;
  /** What callers have to sign with. */
  keyPair: KeyPair | undefined;
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
  /**
   * Makes what a trigger of type `apigw` describes (583/39901), with the key pair that it asks for.
   *
   * @throws GatewayError when the description is not acceptable
   */
  deployTrigger(request: TriggerRequest): Promise<DeployedTrigger>;
  /** The service goes with its last API. False when there is no such API, or when it calls another function by now. */
  removeApi(apiId: string, owner: { namespace: string; name: string }): Promise<boolean>;
  list(): Promise<ServiceInfo[]>;
  /** Whether a Host header names one of this account's services or function URLs: ask before any other route, then call `handle`. */
  matchesHost(host: string | undefined): boolean;
  /** Answers one request, by Host or by path. Call it before the body is read: in an `onRequest` hook that returns its result. */
  handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
  /** Adds `/service-xxxxxxxx/…` and `/url-xxxxxxxxxx/…`, and the Host form as a hook before every other route of this instance. */
  registerRoutes(fastify: FastifyInstance): void;
}

/** The cloud's. */
const DEFAULT_TIMEOUT_SEC = 15;
/** A function that runs into its own limit is to answer so. */
const TIMEOUT_MARGIN_SEC = 5;
const ADDRESS = '/:address(^(?:service-[a-z0-9]{8}|url-[a-z0-9]{10})$)';

export function createGateway(deps: GatewayDependencies): Gateway {
  return new FunctionGateway(deps);
}

class FunctionGateway implements Gateway {
  readonly #logger: Logger;
  readonly #appId: string;
  readonly #closed = new AbortController();
  readonly #parts: ApiAnswerDeps & UrlAnswerDeps;

  constructor({ database, logger, appId, invoke, clock = () => new Date(), ...urls }: GatewayDependencies) {
    this.#logger = logger;
    this.#appId = String(appId);
    this.#parts = {
      apis: createApiStore(database),
      keyPairs: createKeyPairStore(database),
      rates: createRateCounter(clock),
      callFunction: createFunctionCaller({ invoke, logger, signal: this.#closed.signal }),
      clock,
      ...urls,
    };
  }

  async deployApi(request: DeployApiRequest): Promise<{ serviceId: string; apiId: string; path: string }> {
    const { functionNamespace = 'default', functionQualifier = '$DEFAULT', settings = {}, ...rest } = request;
    const { base64Encoded = false } = request;
    const definition = { ...rest, functionNamespace, functionQualifier, base64Encoded, settings };
    assertApiDefinition(request, definition);
    const api = await this.#parts.apis.save(request, definition);
    return { serviceId: api.serviceId, apiId: api.apiId, path: toAddress(api) };
  }

  async deployTrigger(request: TriggerRequest): Promise<DeployedTrigger> {
    const { triggerDesc, functionTimeoutSec, isWebFunction = false, ...target } = request;
    const { service, secretName, path = `/${target.functionName}`, ...api } = parseApiTrigger(triggerDesc);
    const keyPair = secretName === undefined ? undefined : await this.#parts.keyPairs.ensure(secretName);
    const settings = {
      ...api.settings,
      ...(keyPair ? { secretIds: [keyPair.secretId] } : {}),
      ...(isWebFunction ? { isWebFunction } : {}),
    };
    const timeoutSec =
      api.timeoutSec ?? Math.max(DEFAULT_TIMEOUT_SEC, functionTimeoutSec + TIMEOUT_MARGIN_SEC);
    return {
      ...(await this.deployApi({ ...service, ...target, ...api, path, settings, timeoutSec })),
      keyPair,
    };
  }

  removeApi(apiId: string, owner: { namespace: string; name: string }): Promise<boolean> {
    return this.#parts.apis.remove(apiId, owner);
  }

  async list(): Promise<ServiceInfo[]> {
    const services = await this.#parts.apis.list();
    return services.map(({ serviceId, name, apis }) => ({
      serviceId,
      name,
      host: `${serviceId}-${this.#appId}.gz.apigw.tencentcs.com`,
      apis: apis.map((api) => ({ ...api, address: toAddress(api) })),
    }));
  }

  matchesHost(host: string | undefined): boolean {
    return parseHost(host, this.#appId) !== undefined;
  }

  registerRoutes(fastify: FastifyInstance): void {
    const answer = (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
      this.handle(request, reply);
    fastify.addHook('onRequest', async (request, reply) => {
      return this.matchesHost(request.headers.host) ? answer(request, reply) : undefined;
    });
    // In a hook, because only there the body is still unread and its type does not matter.
    for (const url of [ADDRESS, `${ADDRESS}/*`]) fastify.all(url, { onRequest: answer }, answer);
    fastify.addHook('onClose', async () => this.#closed.abort());
  }

  async handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const requestId = givenTraceId(request) ?? randomBytes(16).toString('hex');
    const answer = await this.#answer(request, requestId).catch((err: unknown) => {
      this.#logger.error({ err, requestId }, 'a gateway request failed');
      return GATEWAY_ERRORS.internal();
    });
    const { status, headers, body } = answer;
    void reply.code(status).headers({ ...headers, 'x-api-requestid': requestId });
    return reply.send(Buffer.isBuffer(body) && body.length === 0 ? undefined : body);
  }

  async #answer(request: FastifyRequest, requestId: string): Promise<HttpAnswer> {
    const host = parseHost(request.headers.host, this.#appId);
    const url = request.raw.url ?? '/';
    const isFunctionUrl = host ? host.kind === 'url' : url.startsWith('/url-');
    if (isFunctionUrl) {
      const target = parseUrlTarget(url, host?.kind === 'url' ? host.urlId : undefined);
      return await answerUrlRequest(this.#parts, request, { target, requestId });
    }
    const target = parseRequestTarget(url, host?.kind === 'service' ? host.serviceId : undefined);
    return await answerApiRequest(this.#parts, request, { target, requestId, isByHost: host !== undefined });
  }
}

/** A caller that traces its requests goes on doing so through the gateway and the function's log. */
function givenTraceId({ headers }: FastifyRequest): string | undefined {
  const given = headers['x-b3-traceid'];
  return typeof given === 'string' && /^[0-9a-f]{32}$/u.test(given) ? given : undefined;
}
