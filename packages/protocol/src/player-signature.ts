import { createHmac } from 'node:crypto';
import { isSameSecret, type VerificationFailure } from './verification.ts';

// The player's signature ("psign"): a JWT (RFC 7519) with HS256 and the application's PlayKey.
// https://cloud.tencent.com/document/product/266/45554

export interface PlayerSignatureFields {
  /** Of the application: the SubAppId where there is one. */
  readonly appId: number;
  readonly fileId: string;
  readonly contentInfo?: PlayerContent;
  /** Older form: the name of a player configuration instead of contentInfo. */
  readonly pcfg?: string;
  /** UNIX seconds, as all times here. */
  readonly currentTimeStamp: number;
  /** Absent: for ever. */
  readonly expireTimeStamp?: number;
  readonly urlAccessInfo?: PlayerUrlAccess;
  readonly drmLicenseInfo?: { readonly [name: string]: unknown };
}

export interface PlayerContent {
  readonly audioVideoType: 'RawAdaptive' | 'ProtectedAdaptive' | 'Transcode' | 'Original';
  readonly rawAdaptiveDefinition?: number;
  readonly drmAdaptiveInfo?: {
    /** SimpleAES. */
    readonly privateEncryptionDefinition?: number;
    readonly widevineDefinition?: number;
    readonly fairPlayDefinition?: number;
  };
  readonly transcodeDefinition?: number;
  readonly imageSpriteDefinition?: number;
  readonly resolutionNames?: readonly { readonly MinEdgeLength: number; readonly Name: string }[];
}

/** What the URLs are to be signed with; see HotlinkParameters. */
export interface PlayerUrlAccess {
  readonly t?: string;
  readonly exper?: number;
  readonly rlimit?: number;
  readonly us?: string;
  readonly domain?: string;
  readonly scheme?: string;
}

export type PlayerSignatureVerification =
  | { readonly ok: true; readonly payload: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly reason: VerificationFailure };

/** Makes the psign that a backend hands to its player. */
export function createPlayerSignature(fields: PlayerSignatureFields, playKey: string): string {
  const signed = `${toPart({ alg: 'HS256', typ: 'JWT' })}.${toPart(fields)}`;
  return `${signed}.${computeMac(signed, playKey)}`;
}

/**
 * Checks a psign. Only HS256 is taken, whatever the header asks for; what the payload means is for the caller to check.
 * @param playKey of the application that the payload is to be for
 */
export function verifyPlayerSignature(
  psign: string,
  { playKey, nowSec }: { playKey: string; nowSec: number },
): PlayerSignatureVerification {
  const [header = '', body = '', mac = '', ...more] = psign.split('.');
  const payload = parsePart(body);
  if (more.length > 0 || !payload || parsePart(header)?.['alg'] !== 'HS256') {
    return { ok: false, reason: 'malformed' };
  }
  if (!isSameSecret(computeMac(`${header}.${body}`, playKey), mac)) return { ok: false, reason: 'mismatch' };
  const { expireTimeStamp } = payload;
  if (expireTimeStamp === undefined) return { ok: true, payload };
  if (typeof expireTimeStamp !== 'number') return { ok: false, reason: 'malformed' };
  return nowSec > expireTimeStamp ? { ok: false, reason: 'expired' } : { ok: true, payload };
}

function computeMac(signed: string, playKey: string): string {
  return createHmac('sha256', playKey).update(signed).digest('base64url');
}

function toPart(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function parsePart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
