import { createHash } from 'node:crypto';
import { isSameSecret, refused, verified, type Verification } from './verification.ts';

// `Sign` and `T` in event notifications (ModifyEventConfig.SignKey): https://cloud.tencent.com/document/api/266/55244
// They cover the time only, not the notification: proof of origin for some minutes, no proof of content.

/** Seconds that a notification's signature holds by default. */
export const callbackSignLifeSec = 600;

/** The two members that a signed notification carries beside EventType. */
export interface CallbackSign {
  /** Lower-case hex MD5 of SignKey followed by T. */
  Sign: string;
  /** UNIX seconds after which the notification is to be refused. */
  T: number;
}

/** The value of `Sign` for a notification that holds until `expiresAtSec` (whole UNIX seconds, sent as `T`). */
export function callbackSign(signKey: string, expiresAtSec: number): string {
  return createHash('md5').update(`${signKey}${expiresAtSec}`).digest('hex');
}

/**
 * Checks `Sign` and `T` as found in a notification; both may be anything. The case of the hex digits is not documented,
 * so either is accepted, and T may be a number or its decimal text.
 */
export function verifyCallbackSign(
  { Sign, T }: { Sign?: unknown; T?: unknown },
  { signKey, nowSec }: { signKey: string; nowSec: number },
): Verification {
  const expiresAt = typeof T === 'number' || typeof T === 'string' ? String(T) : '';
  if (typeof Sign !== 'string' || !/^(0|[1-9]\d{0,10})$/.test(expiresAt)) return refused('malformed');
  if (!isSameSecret(callbackSign(signKey, Number(expiresAt)), Sign.toLowerCase())) return refused('mismatch');
  return nowSec > Number(expiresAt) ? refused('expired') : verified;
}
