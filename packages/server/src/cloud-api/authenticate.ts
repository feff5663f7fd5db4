import {
  ApiError,
  findHeader,
  parseTc3Authorization,
  verifyTc3,
  verifyV1,
  type Verification,
  type VerificationFailure,
} from '@vodstack/protocol';
import type { FastifyRequest } from 'fastify';
import { type ApiCall, splitTarget } from './read-call.ts';

export interface KeyRing {
  /** The SecretKey of an API key, or undefined for a SecretId that does not exist. */
  findSecretKey(secretId: string): Promise<string | undefined>;
}

/**
 * Checks a call's signature.
 * @returns the SecretId that signed it
 * @throws ApiError AuthFailure.* as the cloud does
 */
export async function authenticate(
  request: FastifyRequest,
  body: Buffer,
  call: ApiCall,
  keys: KeyRing,
  nowSec: number,
): Promise<string> {
  const secretId = readSecretId(request, call);
  const secretKey = await keys.findSecretKey(secretId);
  if (secretKey === undefined) throw new ApiError('AuthFailure.SecretIdNotFound');
  const verification = verify(request, body, call, secretKey, nowSec);
  if (!verification.ok) throw new ApiError(AUTH_FAILURES[verification.reason]);
  return secretId;
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
