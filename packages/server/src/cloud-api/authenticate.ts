import {
  ApiError,
  findHeader,
  isSameSecret,
  parseTc3Authorization,
  verifyTc3,
  verifyV1,
  type Verification,
  type VerificationFailure,
} from '@vodstack/protocol';
import type { FastifyRequest } from 'fastify';
import { type ApiCall, splitTarget } from './read-call.ts';

/** A key as the check needs it. */
export interface SigningKey {
  readonly secretId: string;
  readonly secretKey: string;
  /** The applications that it opens; undefined: all of the account's. */
  readonly subAppIds: readonly number[] | undefined;
  readonly temporary?: { readonly token: string; readonly expiresAt: Date };
}

export interface KeyRing {
  /** The key of that id, or undefined when there is none or it is disabled. */
  find(secretId: string): Promise<SigningKey | undefined>;
  noteUse(secretId: string): void;
}

/** What can be an id at all (see SECRET_ID); anything else is no API key of any cloud. */
const SECRET_ID = /^[\w-]{4,128}$/;

/**
 * Checks a call's signature.
 * @returns the key that signed it
 * @throws ApiError AuthFailure.* as the cloud does
 */
export async function authenticate(
  request: FastifyRequest,
  body: Buffer,
  call: ApiCall,
  keys: KeyRing,
  nowSec: number,
): Promise<SigningKey> {
  const secretId = readSecretId(request, call);
  if (!SECRET_ID.test(secretId)) throw new ApiError('AuthFailure.InvalidSecretId');
  const key = await keys.find(secretId);
  if (!key) throw new ApiError('AuthFailure.SecretIdNotFound');
  const verification = verify(request, body, call, key.secretKey, nowSec);
  if (!verification.ok) throw new ApiError(AUTH_FAILURES[verification.reason]);
  if (key.temporary) assertToken(readToken(request, call), key.temporary, nowSec);
  keys.noteUse(secretId);
  return key;
}

/** A temporary key is good only together with its token, and only until its end. */
function assertToken(
  token: string | undefined,
  { token: expected, expiresAt }: NonNullable<SigningKey['temporary']>,
  nowSec: number,
): void {
  if (!token) {
    throw new ApiError(
      'AuthFailure.TokenFailure',
      'This is a temporary key: send its token in the header `X-TC-Token`, or in the parameter `Token`.',
    );
  }
  if (!isSameSecret(token, expected)) throw new ApiError('AuthFailure.TokenFailure');
  if (expiresAt.getTime() / 1000 > nowSec) return;
  throw new ApiError(
    'AuthFailure.TokenFailure',
    `This temporary key was good until ${expiresAt.toISOString()}: get a new one.`,
  );
}

function readToken({ headers }: FastifyRequest, { signature }: ApiCall): string | undefined {
  return signature.kind === 'V1' ? signature.flat.get('Token') : findHeader(headers, 'x-tc-token');
}

function readSecretId(request: FastifyRequest, { signature }: ApiCall): string {
  if (signature.kind === 'V1') {
    const secretId = signature.flat.get('SecretId');
    if (!secretId || !signature.flat.get('Signature')) throw new ApiError('MissingParameter', notSigned);
    return secretId;
  }
  const header = findHeader(request.headers, 'authorization');
  if (!header) throw new ApiError('MissingParameter', notSigned);
  const authorization = parseTc3Authorization(header);
  if (!authorization) throw new ApiError('AuthFailure.InvalidAuthorization');
  return authorization.secretId;
}

const notSigned =
  'The request is not signed: send the header `Authorization` (TC3-HMAC-SHA256), or `SecretId` and `Signature`.';

function verify(
  request: FastifyRequest,
  body: Buffer,
  { signature }: ApiCall,
  secretKey: string,
  nowSec: number,
): Verification {
  const { method, headers } = request;
  const target = splitTarget(request.url);
  if (signature.kind === 'TC3') return verifyTc3({ ...target, method, headers, body, secretKey, nowSec });
  const host = findHeader(headers, 'host') ?? '';
  return verifyV1({ method, host, path: target.path, params: signature.flat, secretKey, nowSec });
}

const AUTH_FAILURES = {
  expired: 'AuthFailure.SignatureExpire',
  malformed: 'AuthFailure.InvalidAuthorization',
  mismatch: 'AuthFailure.SignatureFailure',
} as const satisfies Record<VerificationFailure, string>;
