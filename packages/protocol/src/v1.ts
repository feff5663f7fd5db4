import { createHmac } from 'node:crypto';
import type { FlatParameters } from './flat-parameters.ts';
import { hostForms } from './request-headers.ts';
import { signatureSkewSec } from './tc3.ts';
import { isSameSecret, refused, verified, type Verification } from './verification.ts';

// Signature version 1 (HmacSHA1, HmacSHA256), still the default of SDK v3 and of vod-node-sdk:
// https://cloud.tencent.com/document/api/266/31756

export interface V1Request {
  method: string;
  /** The Host header, port included: that is what every client signs. */
  host: string;
  /** Path of the request target, without the query. */
  path: string;
  /** All parameters of the query or the form, decoded; `Signature` itself is left out of the signed text. */
  params: FlatParameters;
}

export type V1SignInput = V1Request & { secretKey: string };
export type V1VerifyInput = V1SignInput & { nowSec: number };

/** Only "HmacSHA256" selects SHA-256; anything else, and nothing at all, means SHA-1. */
function selectHash(params: FlatParameters): 'sha1' | 'sha256' {
  return params.get('SignatureMethod') === 'HmacSHA256' ? 'sha256' : 'sha1';
}

function toSignedText(request: V1Request, toName: (key: string) => string): string {
  const keys = [...request.params.keys()].filter((key) => key !== 'Signature').toSorted();
  // Raw values: this text is signed, never sent, so nothing in it is URL-encoded.
  const pairs = keys.map((key) => `${toName(key)}=${request.params.get(key) ?? ''}`);
  return `${request.method.toUpperCase()}${request.host}${request.path}?${pairs.join('&')}`;
}

function signText(text: string, { params, secretKey }: V1SignInput): string {
  return createHmac(selectHash(params), secretKey).update(text).digest('base64');
}

/** The value of the parameter `Signature`, in base64. The method comes from the parameter `SignatureMethod`. */
export function signV1(input: V1SignInput): string {
  return signText(
    toSignedText(input, (key) => key),
    input,
  );
}

/**
 * Checks `Signature` and `Timestamp` among the parameters. The caller finds `secretKey` by the parameter `SecretId`.
 * Never throws on anything that a client can send.
 */
export function verifyV1(input: V1VerifyInput): Verification {
  const signature = input.params.get('Signature') ?? '';
  const timestamp = input.params.get('Timestamp') ?? '';
  if (signature === '' || !/^\d{1,11}$/.test(timestamp)) return refused('malformed');
  if (Math.abs(input.nowSec - Number(timestamp)) > signatureSkewSec) return refused('expired');
  for (const text of signedTextForms(input)) {
    if (isSameSecret(signText(text, input), signature)) return verified;
  }
  return refused('mismatch');
}

/** The Python SDK writes `_` in names as `.` when it signs; a proxy in front of us may have dropped the port. */
function* signedTextForms(input: V1Request): Generator<string> {
  for (const host of hostForms(input.host)) {
    yield toSignedText({ ...input, host }, (key) => key);
    yield toSignedText({ ...input, host }, (key) => key.replaceAll('_', '.'));
  }
}
