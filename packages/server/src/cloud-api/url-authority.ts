import type { SignedRequest } from '@vodstack/gateway';
import { findHeader, isSameSecret, parseTc3Authorization, verifyTc3 } from '@vodstack/protocol';
import type { KeyRing } from './authenticate.ts';

/**
 * Checks requests to function URLs that want a CAM signature (583/96100): TC3-HMAC-SHA256 over the request itself, with the
 * time in `X-Scf-Cam-Timestamp` or, as the API has it, in `X-TC-Timestamp`. A temporary key brings its token in
 * `X-Scf-Cam-Token` or `X-TC-Token`.
 *
 * @returns what is wrong with the signature, undefined when nothing is
 */
export function createUrlAuthority(
  keys: KeyRing,
  clock: () => Date,
): (request: SignedRequest) => Promise<string | undefined> {
  return async ({ headers, ...request }) => {
    const authorization = parseTc3Authorization(headers.authorization ?? '');
    if (!authorization)
      return 'This function URL wants a signature: send Authorization: TC3-HMAC-SHA256 … over content-type and host, and X-Scf-Cam-Timestamp.';
    const key = await keys.find(authorization.secretId.slice(0, 128));
    if (!key) return 'The SecretId of the signature is not known.';
    const timestamp = findHeader(headers, 'x-scf-cam-timestamp') ?? findHeader(headers, 'x-tc-timestamp');
    const nowSec = Math.floor(clock().getTime() / 1000);
    const signed = { ...headers, 'x-tc-timestamp': timestamp };
    const verification = verifyTc3({ ...request, headers: signed, secretKey: key.secretKey, nowSec });
    if (!verification.ok) return PROBLEMS[verification.reason];
    // Such a key is for applications of the VOD service, not for the account's functions.
    if (key.subAppIds) return 'This key opens only some applications: sign with one that opens all.';
    const token = findHeader(headers, 'x-scf-cam-token') ?? findHeader(headers, 'x-tc-token') ?? '';
    const { temporary } = key;
    if (temporary && (!isSameSecret(token, temporary.token) || temporary.expiresAt <= clock()))
      return 'The temporary key has ended, or its token is missing.';
    keys.noteUse(key.secretId);
    return undefined;
  };
}

const PROBLEMS = {
  expired: 'The time of the signature is more than five minutes away from the server’s.',
  malformed: 'The signature lacks a header that it names, or the header X-Scf-Cam-Timestamp.',
  mismatch: 'The signature does not match the request.',
} as const;
