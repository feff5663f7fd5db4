import { createHash } from 'node:crypto';
import { parseUploadSignature, verifyUploadSignature, type VerificationFailure } from '@vodstack/protocol';
import type { Caller } from '../../caller.ts';
import type { VodContext } from '../../context.ts';
import { findAccessKey } from '../../keys/access-key.ts';
import { UgcError } from './ugc-error.ts';

/** What a checked upload signature says. */
export interface UploadGrant {
  /** The signed parameters by name, as texts. */
  readonly params: ReadonlyMap<string, string>;
  readonly caller: Caller;
  /** The signature's own mark, when it opens one upload only. */
  readonly oneTime: { readonly digest: string; readonly expiresAt: Date } | undefined;
}

/** A signature holds 20 bytes and a query string with a context of 1000 characters at most. */
const MAX_SIGNATURE_LENGTH = 16_384;

/** @throws UgcError when the signature is not one of this account, or has expired */
export async function checkSignature(context: VodContext, text: string): Promise<UploadGrant> {
  const parsed = text.length <= MAX_SIGNATURE_LENGTH ? parseUploadSignature(text) : null;
  if (!parsed) throw refusal('malformed');
  // A signature has no place for a temporary key's token, so that only lasting keys can make one.
  const key = await findAccessKey(context.db, parsed.secretId);
  if (!key || key.temporary) {
    throw new UgcError('invalidSignature', 'The signature names a secretId that does not exist here.');
  }
  const nowSec = Math.floor(context.clock().getTime() / 1000);
  const verification = verifyUploadSignature(parsed, { secretKey: key.secretKey, nowSec });
  if (!verification.ok) throw refusal(verification.reason);
  const { params, mac, original, expireTimeSec } = parsed;
  // PostgreSQL takes every character but this one.
  if ([...params.values()].some((value) => value.includes('\0'))) {
    throw new UgcError('invalidParameter', 'U+0000 is not allowed in the signature.');
  }
  const digest = createHash('sha256').update(mac).update(original).digest('hex');
  return {
    params,
    caller: { subAppIds: key.subAppIds },
    oneTime: isOneTime(params) ? { digest, expiresAt: new Date(expireTimeSec * 1000) } : undefined,
  };
}

function isOneTime(params: ReadonlyMap<string, string>): boolean {
  const value = params.get('oneTimeValid') ?? '0';
  if (value === '0' || value === '1' || value === '') return value === '1';
  throw new UgcError('invalidParameter', 'oneTimeValid in the signature must be 0 or 1.');
}

function refusal(reason: VerificationFailure): UgcError {
  if (reason === 'expired') {
    return new UgcError(
      'expiredSignature',
      'The signature has expired: get a new one, and check the clocks.',
    );
  }
  const message = {
    malformed:
      'The signature cannot be read: it must be base64 of 20 bytes of HMAC-SHA1 and secretId, currentTimeStamp, expireTime (at most 90 days later) and random.',
    mismatch: 'The signature does not match: check the SecretKey that it was made with.',
  }[reason];
  return new UgcError('invalidSignature', message);
}
