import { hash, timingSafeEqual } from 'node:crypto';

/**
 * Why a signature was refused: its time window is over (or not yet open), it does not match what was signed,
 * or it cannot be read at all.
 */
export type VerificationFailure = 'expired' | 'mismatch' | 'malformed';

export type Verification = { ok: true } | { ok: false; reason: VerificationFailure };

export const verified: Verification = Object.freeze({ ok: true });

export function refused(reason: VerificationFailure): Verification {
  return { ok: false, reason };
}

/** Compares in a time that does not depend on where the texts differ, nor on their lengths. */
export function isSameSecret(a: string | Uint8Array, b: string | Uint8Array): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(value: string | Uint8Array): Buffer {
  return hash('sha256', value, 'buffer');
}
