import {
  ApiError,
  findHeader,
  parseFlatParameters,
  splitCommonParameters,
  unflattenParameters,
  type FlatParameters,
} from '@vodstack/protocol';
import type { FastifyRequest } from 'fastify';

/** What a call without a version means: VOD's. */
const DEFAULT_VERSION = '2018-07-17';

/** One call of the API as it came in, before anyone has checked who sent it. */
export interface ApiCall {
  readonly action: string;
  readonly version: string;
  readonly parameters: Record<string, unknown>;
  /** Which signature the call carries, and what is needed to check it. */
  readonly signature: { kind: 'TC3' } | { kind: 'V1'; flat: FlatParameters };
}

/** The request target's two parts exactly as sent. */
export function splitTarget(url: string): { path: string; rawQuery: string } {
  const at = url.indexOf('?');
  return at < 0 ? { path: url, rawQuery: '' } : { path: url.slice(0, at), rawQuery: url.slice(at + 1) };
}

/**
 * Reads a call from headers and JSON (TC3) or from flat parameters (V1, and TC3 with GET).
 * The content type does not decide: an official client posts forms labelled application/json.
 */
export function readCall(request: FastifyRequest, body: Buffer): ApiCall {
  const action = findHeader(request.headers, 'x-tc-action');
  return action === undefined ? readFlatCall(request, body) : readTc3Call(request, body, action);
}

function readTc3Call(request: FastifyRequest, body: Buffer, action: string): ApiCall {
  const version = findHeader(request.headers, 'x-tc-version') ?? DEFAULT_VERSION;
  const parameters =
    request.method === 'GET'
      ? unflattenParameters(parseFlat(splitTarget(request.url).rawQuery))
      : parseJsonObject(body);
  return { action, version, parameters, signature: { kind: 'TC3' } };
}

function readFlatCall(request: FastifyRequest, body: Buffer): ApiCall {
  const text = request.method === 'GET' ? splitTarget(request.url).rawQuery : body.toString('utf8');
  if (text.trimStart().startsWith('{')) {
    throw new ApiError(
      'MissingParameter',
      'The request is missing the header `X-TC-Action` that names the action.',
    );
  }
  const flat = parseFlat(text);
  const { common, own } = splitCommonParameters(flat);
  if (!common.Action) {
    throw new ApiError(
      'MissingParameter',
      'The request names no action: send the header `X-TC-Action`, or the parameter `Action`.',
    );
  }
  return {
    action: common.Action,
    version: common.Version ?? DEFAULT_VERSION,
    parameters: unflattenParameters(own),
    signature: { kind: 'V1', flat },
  };
}

/** PostgreSQL takes every character but U+0000, and no parameter of the API has a use for it. */
function refuseNul(): never {
  throw new ApiError('InvalidParameter', 'The parameters must not contain the character U+0000.');
}

function parseFlat(text: string): FlatParameters {
  const flat = parseFlatParameters(text);
  for (const value of flat.values()) if (value.includes('\0')) refuseNul();
  return flat;
}

function parseJsonObject(body: Buffer): Record<string, unknown> {
  const text = body.toString('utf8');
  const value = text === '' ? {} : parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError('InvalidRequest', `The body must be a JSON object, got ${nameType(value)}.`);
  }
  if (text.includes('\\u0000') && holdsNul(value)) refuseNul();
  return value as Record<string, unknown>;
}

function nameType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

function holdsNul(root: object): boolean {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string' && value.includes('\0')) return true;
    if (typeof value !== 'object' || value === null) continue;
    for (const child of Object.values(value)) open.push(child);
  }
  return false;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 120) : '';
    throw new ApiError('InvalidRequest', `The body must be a JSON object: ${reason}`);
  }
}
