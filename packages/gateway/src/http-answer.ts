import type { Readable } from 'node:stream';
import type { ApiParameter } from './api-parameters.ts';
import type { HmacProblem } from './hmac-authorization.ts';

/** What goes back to the HTTP client. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[]>;
  body: Buffer | Readable;
}

export function toJsonAnswer(status: number, json: string): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(json) };
}

/** An error of the gateway itself, in the form `{"message": …}`. */
export function toErrorAnswer(status: number, message: string): HttpAnswer {
  return toJsonAnswer(status, JSON.stringify({ message }));
}

const HMAC_PROBLEMS: Readonly<Record<HmacProblem, string>> = {
  header: 'HMAC signature cannot be verified, a validate authorization header is required.',
  date: 'HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication.',
  incomplete: 'HMAC id or signature missing.',
  mismatch: 'HMAC signature does not match.',
};

/** The documented texts (628/31717). */
export const GATEWAY_ERRORS: GatewayErrors = {
  noHost: (host) => toErrorAnswer(404, `There is no api match host[${host}].`),
  noEnvironment: (environment) =>
    toErrorAnswer(404, `There is no api match default env_mapping[${environment}].`),
  noUri: (uri) => toErrorAnswer(404, `There is no api match uri[${uri}].`),
  methodNotAllowed: () => toErrorAnswer(405, 'Method Not Allowed.'),
  crossOrigin: (uri) =>
    toErrorAnswer(429, `req is cross origin, api ${uri} need open cors flag on qcloud apigateway.`),
  protocolNotAllowed: () =>
    toErrorAnswer(426, 'Upgrade Required. The protocol of the request is not allowed for this api.'),
  rateLimited: () => toErrorAnswer(429, 'API rate limit exceeded.'),
  noUsagePlan: () => toErrorAnswer(403, 'Found no validate usage plan.'),
  parameterRequired: ({ position, name }) =>
    toErrorAnswer(403, `${position === 'header' ? 'header' : 'querystring'} ${name} is required.`),
  hmac: (problem) => toErrorAnswer(401, HMAC_PROBLEMS[problem]),
  bodyTooLarge: (limitBytes) =>
    toErrorAnswer(413, `Request body is too large, at most ${limitBytes / (1024 * 1024)} MB are allowed.`),
  timedOut: () => toErrorAnswer(504, 'Gateway Time-out'),
  internal: () => toErrorAnswer(500, 'Internal error.'),
};

interface GatewayErrors {
  noHost(host: string): HttpAnswer;
  noEnvironment(environment: string): HttpAnswer;
  noUri(uri: string): HttpAnswer;
  methodNotAllowed(): HttpAnswer;
  crossOrigin(uri: string): HttpAnswer;
  protocolNotAllowed(): HttpAnswer;
  rateLimited(): HttpAnswer;
  noUsagePlan(): HttpAnswer;
  parameterRequired(parameter: ApiParameter): HttpAnswer;
  hmac(problem: HmacProblem): HttpAnswer;
  bodyTooLarge(limitBytes: number): HttpAnswer;
  timedOut(): HttpAnswer;
  internal(): HttpAnswer;
}
