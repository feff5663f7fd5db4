import { createHash, createHmac } from 'node:crypto';
import { findHeader, type RequestHeaders } from './request-headers.ts';
import { isSameSecret, refused, verified, type Verification } from './verification.ts';

// The signature of object storage (COS "XML API", version 5): https://cloud.tencent.com/document/product/436/7778

/** Seconds that a client's clock may run ahead: SDKs start the window one second ago by their own clock. */
export const cosClockSkewSec = 300;

/** The seven `q-…` members, which travel in the Authorization header or as query parameters. */
export interface CosAuthorization {
  secretId: string;
  /** `start;end` in UNIX seconds: the window in which the signature holds. */
  signTime: string;
  /** `start;end` in UNIX seconds: the window of the derived key. */
  keyTime: string;
  /** Lower-case names of the signed headers; may be empty (browsers). */
  headerList: readonly string[];
  /** Lower-case, URL-encoded names of the signed query parameters. */
  paramList: readonly string[];
  /** 40 hex digits. */
  signature: string;
}

export interface CosSignInput {
  method: string;
  /** Decoded object key with its leading slash. */
  path: string;
  /** Query parameters to sign, decoded. */
  query?: Readonly<Record<string, string>>;
  /** Headers to sign. */
  headers?: RequestHeaders;
  secretId: string;
  secretKey: string;
  startSec: number;
  endSec: number;
}

export interface CosRequest {
  method: string;
  /** Path as sent, still percent-encoded; for path-style addresses only the `/key` part. Never normalised. */
  rawPath: string;
  /** Query as sent, without `?`. */
  rawQuery: string;
  headers: RequestHeaders;
}

export type CosVerifyInput = CosRequest & { secretKey: string; nowSec: number };

/** encodeURIComponent plus `! ' ( ) *`, as the vendor's SDKs encode what they sign. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function encodeName(name: string): string {
  return encodeStrictly(name).toLowerCase();
}

interface HttpParts {
  method: string;
  decodedPath: string;
  params: readonly string[];
  headers: readonly string[];
}

function computeSignature(secretKey: string, times: { sign: string; key: string }, parts: HttpParts): string {
  const { method, decodedPath, params, headers } = parts;
  const httpString = `${[method.toLowerCase(), decodedPath, params.join('&'), headers.join('&')].join('\n')}\n`;
  const digest = createHash('sha1').update(httpString).digest('hex');
  const signKey = createHmac('sha1', secretKey).update(times.key).digest('hex');
  return createHmac('sha1', signKey).update(`sha1\n${times.sign}\n${digest}\n`).digest('hex');
}

/** Encoded `name=value` pairs in the order of their lower-case names. */
function toSignedPairs(entries: ReadonlyArray<readonly [string, string]>): Array<readonly [string, string]> {
  const encoded = entries.map(([name, value]) => [encodeName(name), encodeStrictly(value)] as const);
  return encoded.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)));
}

function joinPairs(pairs: ReadonlyArray<readonly [string, string]>): string[] {
  return pairs.map(([name, value]) => `${name}=${value}`);
}

function headerEntries(headers: RequestHeaders): Array<readonly [string, string]> {
  return Object.keys(headers).map((name) => [name, findHeader(headers, name) ?? ''] as const);
}

function toMembers(input: CosSignInput): Array<readonly [string, string]> {
  const window = `${input.startSec};${input.endSec}`;
  const params = toSignedPairs(Object.entries(input.query ?? {}));
  const headers = toSignedPairs(headerEntries(input.headers ?? {}));
  const signature = computeSignature(
    input.secretKey,
    { sign: window, key: window },
    { method: input.method, decodedPath: input.path, params: joinPairs(params), headers: joinPairs(headers) },
  );
  return [
    ['q-sign-algorithm', 'sha1'],
    ['q-ak', input.secretId],
    ['q-sign-time', window],
    ['q-key-time', window],
    ['q-header-list', headers.map(([name]) => name).join(';')],
    ['q-url-param-list', params.map(([name]) => name).join(';')],
    ['q-signature', signature],
  ];
}

/** The value of the Authorization header. Signs exactly the headers and parameters given. */
export function signCosV5(input: CosSignInput): string {
  return joinPairs(toMembers(input)).join('&');
}

/**
 * The query of a presigned URL, without `?`: the signed parameters and the signature.
 * Without `headers` anyone may use the URL from anywhere; sign `host` to bind it to one address.
 */
export function presignCosV5(input: CosSignInput): string {
  return [...Object.entries(input.query ?? {}), ...toMembers(input)]
    .map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`)
    .join('&');
}

function toList(text: string): string[] {
  return text === '' ? [] : text.toLowerCase().split(';');
}

const windowPattern = /^\d{1,11};\d{1,11}$/;

function fromMembers(members: ReadonlyMap<string, string>): CosAuthorization | null {
  const member = (name: string): string => members.get(name) ?? '';
  const signTime = member('q-sign-time');
  const keyTime = member('q-key-time');
  const secretId = member('q-ak');
  const signature = member('q-signature');
  const isComplete =
    member('q-sign-algorithm') === 'sha1' &&
    secretId !== '' &&
    windowPattern.test(signTime) &&
    windowPattern.test(keyTime) &&
    /^[0-9a-f]{40}$/.test(signature);
  if (!isComplete) return null;
  const headerList = toList(member('q-header-list'));
  return {
    secretId,
    signTime,
    keyTime,
    headerList,
    paramList: toList(member('q-url-param-list')),
    signature,
  };
}

/** Reads an Authorization header (`q-sign-algorithm=sha1&q-ak=…`); null when it is not a complete one. */
export function parseCosAuthorization(header: string): CosAuthorization | null {
  // Not URLSearchParams: the members are not URL-encoded here, a `+` or `%` in q-ak stands for itself.
  const pairs = header.trim().split('&').map(splitPair);
  return fromMembers(new Map(pairs));
}

function splitPair(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}

/** The signature that a request carries, in its Authorization header or else in its query (presigned URL); null when none. */
export function findCosAuthorization(
  request: Pick<CosRequest, 'headers' | 'rawQuery'>,
): CosAuthorization | null {
  const header = findHeader(request.headers, 'authorization');
  if (header !== undefined && header !== '') return parseCosAuthorization(header);
  return fromMembers(new Map(new URLSearchParams(request.rawQuery)));
}

function decodePath(rawPath: string): string | null {
  try {
    return decodeURIComponent(rawPath);
  } catch {
    return null;
  }
}

/** A listed header or parameter that was not sent counts as empty: proxies drop the empty ones that SDKs sign. */
function toListedPairs(names: readonly string[], find: (name: string) => string): string[] {
  return names.map((name) => `${name}=${encodeStrictly(find(name))}`);
}

function isOver(window: string, nowSec: number): boolean {
  const [start = 0, end = 0] = window.split(';').map(Number);
  return nowSec > end || nowSec < start - cosClockSkewSec;
}

/**
 * Checks the signature in the Authorization header or in the query. Covers what the signature's own lists name and
 * requires nothing of them: browsers sign no header at all, other clients sign various ones.
 * The caller finds `secretKey` by findCosAuthorization().secretId. Never throws on anything that a client can send.
 */
export function verifyCosV5(input: CosVerifyInput): Verification {
  const authorization = findCosAuthorization(input);
  const decodedPath = decodePath(input.rawPath);
  if (!authorization || decodedPath === null) return refused('malformed');
  const { signTime, keyTime } = authorization;
  if (isOver(signTime, input.nowSec) || isOver(keyTime, input.nowSec)) return refused('expired');
  const expected = computeSignature(
    input.secretKey,
    { sign: signTime, key: keyTime },
    { method: input.method, decodedPath, ...toSignedLists(input, authorization) },
  );
  return isSameSecret(expected, authorization.signature) ? verified : refused('mismatch');
}

function toSignedLists(
  { headers, rawQuery }: CosVerifyInput,
  { headerList, paramList }: CosAuthorization,
): Pick<HttpParts, 'params' | 'headers'> {
  // URLSearchParams reads `+` as a space, which is how the Python SDK writes one; the others write %20.
  const sent = new Map([...new URLSearchParams(rawQuery)].map(([name, value]) => [encodeName(name), value]));
  return {
    params: toListedPairs(paramList, (name) => sent.get(name) ?? ''),
    headers: toListedPairs(headerList, (name) => findHeader(headers, name) ?? ''),
  };
}
