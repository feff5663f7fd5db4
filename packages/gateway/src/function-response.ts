import { validateHeaderName, validateHeaderValue } from 'node:http';
import { toJsonAnswer, type HttpAnswer } from './http-answer.ts';

/** What came back from the function service. */
export interface FunctionResult {
  /** SCF's status code: 200 when the function returned. */
  statusCode: number;
  /** JSON text: the return value, or SCF's error body. */
  retMsg: string;
}

const SUCCESS = 200;
/** Of this hop, or computed by the server: a function's own value would break the message. */
const SERVER_HEADERS = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Turns the function's result into the HTTP response (628/38896, section "response").
 *
 * A function that failed answers SCF's error JSON with SCF's code as the HTTP status, in both modes: 430 for an
 * exception, 433 for a timeout, 439 for a dead process. That is what captures show for passthrough. For integrated
 * responses the documentation says 200, at least for timeouts; we do not follow it, because a sender that takes 2xx as
 * "understood" would drop the notification that made the function fail. Two codes get their HTTP names: 406 (event
 * too large) is 413, and what is no error status in HTTP is 500.
 */
export function toHttpAnswer(
  result: FunctionResult,
  options: { integrated: boolean; requestId: string },
): HttpAnswer {
  if (result.statusCode !== SUCCESS) return toFailedAnswer(result);
  if (!options.integrated) return toJsonAnswer(SUCCESS, result.retMsg);
  return parseIntegrated(result.retMsg) ?? toMalformedAnswer(options.requestId);
}

/**
 * The answer of a function URL (583/96099): a value with a `statusCode` is a whole response, anything else is the body of
 * a 200 as JSON.
 */
export function toUrlAnswer(result: FunctionResult, requestId: string): HttpAnswer {
  const value: unknown = result.statusCode === SUCCESS ? JSON.parse(result.retMsg) : undefined;
  return toHttpAnswer(result, { integrated: isRecord(value) && 'statusCode' in value, requestId });
}

/** The service's error body, with its code as the status. */
export function toFailedAnswer({ statusCode, retMsg }: FunctionResult): HttpAnswer {
  return toJsonAnswer(toErrorStatus(statusCode), retMsg);
}

const EVENT_TOO_LARGE = 406;

function toErrorStatus(statusCode: number): number {
  if (statusCode === EVENT_TOO_LARGE) return 413;
  return statusCode >= 400 && statusCode <= 599 ? statusCode : 500;
}

/** The body of a capture of 2023; its commas and blanks are part of it. */
function toMalformedAnswer(requestId: string): HttpAnswer {
  const body = {
    errno: 403,
    error: `requestId ${requestId} , Invalid scf response. expected scf response valid JSON.`,
    message: 'SCF invoke error',
  };
  return toJsonAnswer(403, JSON.stringify(body));
}

/**
 * `{isBase64Encoded, statusCode, headers, body}`: a missing or null body is empty, missing headers are none; undefined
 * when it is something else.
 */
function parseIntegrated(retMsg: string): HttpAnswer | undefined {
  const value: unknown = JSON.parse(retMsg);
  if (!isRecord(value)) return undefined;
  const { statusCode, isBase64Encoded } = value;
  const body = value['body'] ?? '';
  const headers = parseHeaders(value['headers'] ?? {});
  if (!isStatus(statusCode) || typeof body !== 'string' || headers === undefined) return undefined;
  if (body !== '') headers['content-type'] ??= 'application/json';
  return {
    status: statusCode,
    headers,
    body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** 1xx would be an interim response: the client would wait for ever. */
function isStatus(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599;
}

/** Values are texts, or lists of texts for a repeated header; Content-Type is a single one. */
function parseHeaders(value: unknown): Record<string, string | string[]> | undefined {
  if (!isRecord(value)) return undefined;
  const headers: Record<string, string | string[]> = {};
  for (const [name, raw] of Object.entries(value)) {
    const texts = Array.isArray(raw) ? raw.map(toHeaderText) : toHeaderText(raw);
    const key = name.toLowerCase();
    if (!isValidHeader(key, texts)) return undefined;
    if (!SERVER_HEADERS.has(key)) headers[key] = texts;
  }
  return headers;
}

const toHeaderText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function isValidHeader(name: string, value: string | string[]): boolean {
  if (name === 'content-type' && Array.isArray(value)) return false;
  try {
    validateHeaderName(name);
    for (const each of [value].flat()) validateHeaderValue(name, each);
    return true;
  } catch {
    return false;
  }
}
