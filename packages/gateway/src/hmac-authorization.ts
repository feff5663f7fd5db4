import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Key-pair authentication (628/11819): `hmac id="…", algorithm="hmac-sha1", headers="date source", signature="…"` over the
 * named headers, one `name: value` a line.
 */
export interface HmacAuthorization {
  secretId: string;
  signature: string;
  signingText: string;
}

export type HmacProblem = 'header' | 'date' | 'incomplete' | 'mismatch';

const MAX_SKEW_MS = 15 * 60_000;

/** Reads what a request was signed with, without checking the signature. */
export function parseHmacAuthorization(
  headers: IncomingHttpHeaders,
  now: Date,
): HmacAuthorization | HmacProblem {
  const { authorization = '' } = headers;
  if (!/^hmac\s/iu.test(authorization)) return 'header';
  const fields = readFields(authorization);
  const secretId = fields.get('id') ?? '';
  const signature = fields.get('signature') ?? '';
  const names = (fields.get('headers') ?? '').toLowerCase().split(' ').filter(Boolean);
  if (secretId === '' || signature === '' || fields.get('algorithm')?.toLowerCase() !== 'hmac-sha1')
    return 'incomplete';
  if (!isFresh(headers, names, now)) return 'date';
  const lines = names.map((name) => `${name}: ${String(headers[name] ?? '')}`);
  return { secretId, signature, signingText: lines.join('\n') };
}

export function isSignedBy({ signature, signingText }: HmacAuthorization, secretKey: string): boolean {
  const expected = createHmac('sha1', secretKey).update(signingText).digest('base64');
  const [a, b] = [Buffer.from(expected), Buffer.from(signature)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function readFields(authorization: string): Map<string, string> {
  const matches = authorization.slice(0, 4096).matchAll(/(?<name>\w+)\s*=\s*"(?<value>[^"]*)"/gu);
  return new Map([...matches].map(({ groups }) => [groups?.['name'] ?? '', groups?.['value'] ?? '']));
}

/** A date that is not signed would let a signature be used again for ever. */
function isFresh(headers: IncomingHttpHeaders, names: readonly string[], now: Date): boolean {
  const name = names.find((each) => each === 'x-date' || each === 'date');
  const sentAt = name === undefined ? Number.NaN : Date.parse(String(headers[name] ?? ''));
  return Math.abs(now.getTime() - sentAt) <= MAX_SKEW_MS;
}
