import { createHmac } from 'node:crypto';
import { isSameSecret, type VerificationFailure } from './verification.ts';

// The signature of uploads from clients (UGC): https://cloud.tencent.com/document/product/266/9221

/** Longest life of an upload signature, in seconds (90 days). */
export const maxUploadSignatureLifeSec = 7_776_000;

/** Bytes of the HMAC-SHA1 that precede the signed text. */
const macLength = 20;

/** What a signature may carry, by the wire's names. Optional members that are absent are not written. */
export interface UploadSignatureFields {
  secretId: string;
  /** UNIX seconds. */
  currentTimeStamp: number;
  /** UNIX seconds, at most 90 days after currentTimeStamp. */
  expireTime: number;
  /** Unsigned 32-bit number; makes each signature different. */
  random: number;
  classId?: number;
  /** Name of the procedure to run after the upload. */
  procedure?: string;
  /** -10 … 10. */
  taskPriority?: number;
  taskNotifyMode?: 'Finish' | 'Change' | 'None';
  /** At most 250 characters. */
  sourceContext?: string;
  /** 1: good for one upload only. */
  oneTimeValid?: 0 | 1;
  vodSubAppId?: number;
  /** At most 1000 characters. */
  sessionContext?: string;
  storageRegion?: string;
}

export interface ParsedUploadSignature {
  secretId: string;
  currentTimeSec: number;
  expireTimeSec: number;
  /** Every member as sent, decoded; the last one wins when a name is repeated. */
  params: ReadonlyMap<string, string>;
  mac: Uint8Array;
  /** The signed bytes as received. */
  original: Uint8Array;
}

export type UploadSignatureVerification =
  | { ok: true; signature: ParsedUploadSignature }
  | { ok: false; reason: VerificationFailure };

function computeMac(secretKey: string, original: string | Uint8Array): Buffer {
  return createHmac('sha1', secretKey).update(original).digest();
}

/** Makes the base64 text that a browser or an app hands to its uploader. */
export function createUploadSignature(fields: UploadSignatureFields, secretKey: string): string {
  const pairs = Object.entries(fields).filter(([, value]) => value !== undefined);
  const original = new URLSearchParams(
    pairs.map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  return Buffer.concat([computeMac(secretKey, original), Buffer.from(original)]).toString('base64');
}

/** Reads a signature without checking it; null when it is not base64 of a MAC and a query string with the required members. */
export function parseUploadSignature(signature: string): ParsedUploadSignature | null {
  const compact = signature.trim();
  const bytes = Buffer.from(compact, 'base64');
  // Buffer.from skips what is not base64, so that many texts would stand for the same signature.
  if (bytes.length <= macLength || bytes.toString('base64') !== compact) return null;
  const original = bytes.subarray(macLength);
  const params = new Map(new URLSearchParams(original.toString('utf8')));
  const secretId = params.get('secretId') ?? '';
  const currentTimeSec = toSeconds(params.get('currentTimeStamp'));
  const expireTimeSec = toSeconds(params.get('expireTime'));
  const isComplete = secretId !== '' && params.has('random');
  if (!isComplete || currentTimeSec === null || expireTimeSec === null) return null;
  return { secretId, currentTimeSec, expireTimeSec, params, mac: bytes.subarray(0, macLength), original };
}

function toSeconds(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,11}$/.test(text) ? Number(text) : null;
}

/**
 * Checks a signature over the bytes as received: clients differ in how they encode a space, so that re-encoding
 * the parameters would not give the signed text again. A life of more than 90 days is malformed.
 * Whether a one-time signature was used before is for the caller to know.
 */
export function verifyUploadSignature(
  signature: string | ParsedUploadSignature,
  { secretKey, nowSec }: { secretKey: string; nowSec: number },
): UploadSignatureVerification {
  const parsed = typeof signature === 'string' ? parseUploadSignature(signature) : signature;
  if (!parsed) return { ok: false, reason: 'malformed' };
  if (!isSameSecret(computeMac(secretKey, parsed.original), parsed.mac))
    return { ok: false, reason: 'mismatch' };
  const lifeSec = parsed.expireTimeSec - parsed.currentTimeSec;
  if (lifeSec > maxUploadSignatureLifeSec) return { ok: false, reason: 'malformed' };
  if (nowSec > parsed.expireTimeSec) return { ok: false, reason: 'expired' };
  return { ok: true, signature: parsed };
}
