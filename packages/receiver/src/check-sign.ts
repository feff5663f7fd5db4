import { verifyCallbackSign, type VerificationFailure } from '@vodstack/protocol';
import type { JsonObject } from './parse/json.ts';
import { BadNotificationError } from './parse/notification.ts';

const problems: Readonly<Record<VerificationFailure, string>> = {
  malformed:
    'expected the members Sign and T, got a notification without; set the same SignKey with ModifyEventConfig',
  mismatch: 'expected Sign to be MD5(SignKey + T), got another; compare SignKey on both sides',
  expired: 'expected T in the future, got a past one; it is a replay, or one of the two clocks is wrong',
};

/**
 * Checks `Sign` = MD5(SignKey + T) and that T, the Unix second of expiry, hasn't passed. Throws BadNotificationError.
 * Several keys: any one that fits, so that a key can be rotated without losing events.
 * The signature covers the key and the time, not the body: it shows where a message comes from, not that it is unchanged.
 */
export function assertSigned(content: JsonObject, signKeys: readonly string[], nowMs: number): void {
  const sign = { Sign: content['Sign'], T: content['T'] };
  const nowSec = Math.floor(nowMs / 1000);
  const results = signKeys.map((signKey) => verifyCallbackSign(sign, { signKey, nowSec }));
  if (results.some((result) => result.ok)) return;
  const reasons = results.flatMap((result) => (result.ok ? [] : [result.reason]));
  const reason = reasons.find((each) => each !== 'mismatch') ?? 'mismatch';
  throw new BadNotificationError(problems[reason]);
}
