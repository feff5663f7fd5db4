import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { findHeader, hostForms, type RequestHeaders } from './request-headers.ts';
import { isSameSecret, refused, verified, type Verification } from './verification.ts';

// TC3-HMAC-SHA256, the signature of API 3.0: https://cloud.tencent.com/document/api/266/31757

/** Seconds that a request's time may differ from ours; the cloud answers SignatureExpire beyond them. */
export const signatureSkewSec = 300;

const algorithm = 'TC3-HMAC-SHA256';
const unsignedPayload = 'UNSIGNED-PAYLOAD';

/** The parts of an `Authorization: TC3-HMAC-SHA256 …` header. */
export interface Tc3Authorization {
  secretId: string;
  /** UTC date of the credential scope, yyyy-mm-dd. */
  date: string;
  /** Taken as given: SDKs derive it from the first label of the endpoint, so it may be `127`. */
  service: string;
  /** Lower-case names in the order in which they were signed. */
  signedHeaders: readonly string[];
  /** 64 lower-case hex digits. */
  signature: string;
}

export interface Tc3Request {
  method: string;
  /** Path of the request target, without the query. */
  path: string;
  /** Query of the request target exactly as sent, without `?`; empty when there is none. */
  rawQuery: string;
  headers: RequestHeaders;
}

export interface Tc3SignInput {
  method: string;
  path: string;
  /** Raw query without `?`. */
  query?: string;
  /** Must hold every header that is signed. */
  headers: RequestHeaders;
  body: string | Uint8Array;
  secretId: string;
  secretKey: string;
  timestampSec: number;
  service: string;
  /** Default: content-type and host, as the official SDKs do. */
  signedHeaders?: readonly string[];
}

export type Tc3VerifyInput = Tc3Request & {
  secretKey: string;
  nowSec: number;
} & ({ body: string | Uint8Array } | { /** Lower-case hex. */ bodySha256Hex: string });

function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

function hmac(key: string | Uint8Array | KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function toUtcDate(timestampSec: number): string {
  return new Date(timestampSec * 1000).toISOString().slice(0, 10);
}

type HeaderPair = readonly [name: string, value: string];

interface SigningParts {
  method: string;
  path: string;
  rawQuery: string;
  headerPairs: readonly HeaderPair[];
  payloadHash: string;
}

function toCanonicalRequest({ method, path, rawQuery, headerPairs, payloadHash }: SigningParts): string {
  const headerLines = headerPairs.map(([name, value]) => `${name}:${value}\n`).join('');
  const names = headerPairs.map(([name]) => name).join(';');
  return [method, path, rawQuery, headerLines, names, payloadHash].join('\n');
}

/** More than the secrets, dates and services that are in use at once; whoever makes up services must not fill the memory. */
const MAX_DERIVED_KEYS = 200;
const derivedKeys = new Map<string, KeyObject>();

/** The same for a day: to derive it costs more than everything else of a verification. */
function deriveKey(secretKey: string, date: string, service: string): KeyObject {
  const name = JSON.stringify([secretKey, date, service]);
  const known = derivedKeys.get(name);
  if (known) return known;
  if (derivedKeys.size >= MAX_DERIVED_KEYS) derivedKeys.clear();
  const key = createSecretKey(hmac(hmac(hmac(`TC3${secretKey}`, date), service), 'tc3_request'));
  derivedKeys.set(name, key);
  return key;
}

function createSigner(
  secretKey: string,
  scope: { date: string; service: string; timestamp: string },
): (parts: SigningParts) => string {
  const { date, service, timestamp } = scope;
  const key = deriveKey(secretKey, date, service);
  const prefix = `${algorithm}\n${timestamp}\n${date}/${service}/tc3_request\n`;
  return (parts) => hmac(key, prefix + sha256Hex(toCanonicalRequest(parts))).toString('hex');
}

/** The names with their trimmed values, or undefined when one of them was not sent. */
function pickHeaders(headers: RequestHeaders, names: readonly string[]): HeaderPair[] | undefined {
  const pairs: HeaderPair[] = [];
  for (const name of names) {
    const value = findHeader(headers, name);
    if (value === undefined) return undefined;
    pairs.push([name, value.trim()]);
  }
  return pairs;
}

/**
 * Makes the value of the Authorization header for an API 3.0 request. Header values are signed as given, trimmed.
 * @throws RangeError when a header that is to be signed is missing from `headers`
 */
export function signTc3(input: Tc3SignInput): string {
  const { secretId, secretKey, service, timestampSec } = input;
  const names = (input.signedHeaders ?? ['content-type', 'host'])
    .map((name) => name.toLowerCase())
    .toSorted();
  const headerPairs = pickHeaders(input.headers, names);
  if (!headerPairs) throw new RangeError(`headers to sign are missing: need ${names.join(', ')}`);
  const date = toUtcDate(timestampSec);
  const sign = createSigner(secretKey, { date, service, timestamp: String(timestampSec) });
  const signature = sign({
    method: input.method.toUpperCase(),
    path: input.path,
    rawQuery: input.query ?? '',
    headerPairs,
    payloadHash: toPayloadHash(input.headers, input),
  });
  const credential = `${secretId}/${date}/${service}/tc3_request`;
  return `${algorithm} Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
}

const authorizationPattern =
  /^TC3-HMAC-SHA256\s+Credential=([^/\s,]+)\/(\d{4}-\d\d-\d\d)\/([^/\s,]+)\/tc3_request\s*,\s*SignedHeaders=([^\s,]+)\s*,\s*Signature=([0-9a-f]{64})$/;

/** Reads an Authorization header; null when it is not a complete TC3 one or does not sign content-type and host. */
export function parseTc3Authorization(header: string): Tc3Authorization | null {
  const match = authorizationPattern.exec(header.trim());
  if (!match) return null;
  const [, secretId = '', date = '', service = '', names = '', signature = ''] = match;
  const signedHeaders = names.toLowerCase().split(';');
  if (!signedHeaders.includes('content-type') || !signedHeaders.includes('host')) return null;
  return { secretId, date, service, signedHeaders, signature };
}

type Payload = { body: string | Uint8Array } | { bodySha256Hex: string };

function toPayloadHash(headers: RequestHeaders, payload: Payload): string {
  // Safe to trust although the header is not signed: with it, the signature covers this constant instead of the body.
  if (findHeader(headers, 'x-tc-content-sha256') === unsignedPayload) return sha256Hex(unsignedPayload);
  return 'body' in payload ? sha256Hex(payload.body) : payload.bodySha256Hex;
}

/**
 * What clients may have signed for the same headers: the host with or without its port, and values as sent (the SDKs)
 * or lower-cased (the documentation, and hand-written clients that follow it).
 */
function* headerForms(pairs: readonly HeaderPair[]): Generator<readonly HeaderPair[]> {
  const host = pairs.find(([name]) => name === 'host')?.[1] ?? '';
  const isLowered: ReadonlyArray<(name: string) => boolean> = [
    () => false,
    (name) => name === 'content-type',
    () => true,
  ];
  for (const hostForm of hostForms(host)) {
    for (const lower of isLowered) {
      yield pairs.map(([name, sent]): HeaderPair => {
        const value = name === 'host' ? hostForm : sent;
        return [name, lower(name) ? value.toLowerCase() : value];
      });
    }
  }
}

function isWithinSkew(timestampSec: number, nowSec: number): boolean {
  return Math.abs(nowSec - timestampSec) <= signatureSkewSec;
}

/**
 * Checks a request that carries `Authorization: TC3-HMAC-SHA256 …` and `X-TC-Timestamp`.
 * Covers exactly the headers that SignedHeaders names. The caller finds `secretKey` by parseTc3Authorization().secretId.
 * Never throws on anything that a client can send.
 */
export function verifyTc3(input: Tc3VerifyInput): Verification {
  const authorization = parseTc3Authorization(findHeader(input.headers, 'authorization') ?? '');
  const timestamp = findHeader(input.headers, 'x-tc-timestamp') ?? '';
  if (!authorization || !/^\d{1,11}$/.test(timestamp)) return refused('malformed');
  const headerPairs = pickHeaders(input.headers, authorization.signedHeaders);
  if (!headerPairs) return refused('malformed');
  if (!isWithinSkew(Number(timestamp), input.nowSec)) return refused('expired');
  if (toUtcDate(Number(timestamp)) !== authorization.date) return refused('mismatch');
  return matchesAnyForm(input, { authorization, timestamp, headerPairs }) ? verified : refused('mismatch');
}

function matchesAnyForm(
  input: Tc3VerifyInput,
  signed: { authorization: Tc3Authorization; timestamp: string; headerPairs: readonly HeaderPair[] },
): boolean {
  const { date, service, signature } = signed.authorization;
  const sign = createSigner(input.secretKey, { date, service, timestamp: signed.timestamp });
  const { path, rawQuery } = input;
  const method = input.method.toUpperCase();
  const payloadHash = toPayloadHash(input.headers, input);
  for (const headerPairs of headerForms(signed.headerPairs)) {
    if (isSameSecret(sign({ method, path, rawQuery, headerPairs, payloadHash }), signature)) return true;
  }
  return false;
}
