import type { ApiParameter } from './api-parameters.ts';
import type { Base64Rule } from './base64-rules.ts';
import type { CorsPolicy } from './cors.ts';
import { GatewayError } from './gateway-error.ts';
import type { RateLimit } from './rate-limits.ts';

export const ENVIRONMENTS = ['release', 'test', 'prepub'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

export const METHODS = ['ANY', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const;
export type ApiMethod = (typeof METHODS)[number];

/** What a deployment decides about an API. */
export interface ApiDefinition {
  environment: Environment;
  /** `/user` matches everything that starts with it, `=/user` only itself, `/user/{id}` one segment for each name. */
  path: string;
  method: ApiMethod;
  functionNamespace: string;
  functionName: string;
  /** The version or alias that is called. */
  functionQualifier: string;
  /** Whether the function's return value is a whole HTTP response (`{isBase64Encoded, statusCode, headers, body}`). */
  integratedResponse: boolean;
  enableCors: boolean;
  /** Whether the request body is handed over in base64; otherwise it is forced to a UTF-8 string. */
  base64Encoded: boolean;
  /** How long the gateway waits for the function. */
  timeoutSec: number;
  settings: ApiSettings;
}

/** What few APIs set. Absent: no rule. */
export interface ApiSettings {
  /** Instead of what enableCors allows, which is everything. */
  cors?: CorsPolicy;
  /** Only what these match is encoded in base64; needs base64Encoded. */
  base64Rules?: readonly Base64Rule[];
  /** Key pairs that open the API; nobody else may call it. */
  secretIds?: readonly string[];
  rateLimits?: readonly RateLimit[];
  parameters?: readonly ApiParameter[];
  /** Requests go to the function as they are, and its responses come back so. */
  isWebFunction?: boolean;
  /** Which of the two the cloud's host name is answered on. The path form answers on whatever the server listens on. */
  protocols?: readonly ('http' | 'https')[];
}

export interface Api extends ApiDefinition {
  apiId: string;
  serviceId: string;
}

export const isEnvironment = (text: string): text is Environment =>
  ENVIRONMENTS.some((each) => each === text);

/** @throws GatewayError */
export function assertApiDefinition(
  service: { serviceName: string } | { serviceId: string },
  definition: ApiDefinition,
): void {
  const { environment, path, method, timeoutSec } = definition;
  if ('serviceName' in service && !/^[A-Za-z][A-Za-z0-9_-]{0,49}$/u.test(service.serviceName)) {
    throw new GatewayError(
      `The service name "${service.serviceName}" must be 1 to 50 letters, digits, "-" or "_", and start with a letter.`,
    );
  }
  if (!isEnvironment(environment)) {
    throw new GatewayError(
      `The environment "${environment as string}" must be one of ${ENVIRONMENTS.join(', ')}.`,
    );
  }
  if (!/^=?\/[^\s?#]{0,255}$/u.test(path)) {
    throw new GatewayError(`The path "${path}" must start with "/" and have no blank, "?" or "#".`);
  }
  if (!METHODS.includes(method)) {
    throw new GatewayError(`The method "${method}" must be one of ${METHODS.join(', ')}.`);
  }
  if (!Number.isInteger(timeoutSec) || timeoutSec < 1 || timeoutSec > 1800) {
    throw new GatewayError(`The timeout must be 1 to 1800 whole seconds, got ${timeoutSec}.`);
  }
}

/** The address of an API below the server's own: `/service-abcdefgh/release/callback`. */
export function toAddress({ serviceId, environment, path }: Api): string {
  return `/${serviceId}/${environment}${path.replace(/^=/u, '')}`;
}
