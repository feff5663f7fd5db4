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
export async function readCall(request: FastifyRequest, body: Buffer): Promise<ApiCall> {
  const action = findHeader(request.headers, 'x-tc-action');
  return action === undefined ? readFlatCall(request, body) : await readTc3Call(request, body, action);
}

async function readTc3Call(request: FastifyRequest, body: Buffer, action: string): Promise<ApiCall> {
  const version = findHeader(request.headers, 'x-tc-version') ?? DEFAULT_VERSION;
  return { action, version, parameters: await readParameters(request, body), signature: { kind: 'TC3' } };
}

async function readParameters(request: FastifyRequest, body: Buffer): Promise<Record<string, unknown>> {
  if (request.method === 'GET') return unflattenParameters(parseFlat(readQuery(request)));
  const contentType = findHeader(request.headers, 'content-type') ?? '';
  if (/^multipart\/form-data\b/i.test(contentType)) return await parseMultipart(body, contentType);
  return parseJsonObject(body);
}

/** Limits of the API (266/31755). */
const MAX_QUERY_BYTES = 32 * 1024;
const MAX_FORM_BYTES = 1024 * 1024;

function readQuery({ url }: FastifyRequest): string {
  const { rawQuery } = splitTarget(url);
  if (rawQuery.length <= MAX_QUERY_BYTES) return rawQuery;
  throw new ApiError(
    'RequestSizeLimitExceeded',
    `A GET request may have 32 KB, got ${rawQuery.length} bytes: use POST.`,
  );
}

function readForm(body: Buffer): string {
  if (body.length <= MAX_FORM_BYTES) return body.toString('utf8');
  throw new ApiError(
    'RequestSizeLimitExceeded',
    `A request with signature V1 may have 1 MB, got ${body.length} bytes: sign with TC3-HMAC-SHA256.`,
  );
}

/** The parser is the platform's own: that of fetch. */
async function parseMultipart(body: Buffer, contentType: string): Promise<Record<string, unknown>> {
  const flat = new Map<string, string>();
  try {
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': contentType },
    }).formData();
    for (const [name, value] of form) flat.set(name, typeof value === 'string' ? value : await value.text());
  } catch {
    throw new ApiError('InvalidRequest', 'The body is not the multipart form that its content type names.');
  }
  for (const value of flat.values()) if (value.includes('\0')) refuseNul();
  return unflattenParameters(flat);
}

function readFlatCall(request: FastifyRequest, body: Buffer): ApiCall {
  const text = request.method === 'GET' ? readQuery(request) : readForm(body);
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
    for (const [name, child] of Object.entries(value)) open.push(name, child);
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
