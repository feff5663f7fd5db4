import { findCosAuthorization, verifyCosV5 } from '@vodstack/protocol';
import { findSecretKey } from '../applications.ts';
import type { VodContext } from '../context.ts';
import type { UploadRow } from '../tables.ts';
import { objectKey, type ObjectRequest, queryOf, rawKeyPath, rawQuery } from './object-request.ts';
import { StorageError } from './storage-error.ts';

/**
 * The open upload that a request works on, after its signature was checked: the one whose place the key names or, for a
 * request to the bucket itself, the one whose temporary key signed it.
 * @throws StorageError AccessDenied, InvalidAccessKeyId, SignatureDoesNotMatch or RequestTimeTooSkewed
 */
export async function authorizeObject(context: VodContext, request: ObjectRequest): Promise<UploadRow> {
  const authorization = findCosAuthorization({ headers: request.headers, rawQuery: rawQuery(request) });
  if (!authorization) {
    throw new StorageError('AccessDenied', 'The request carries no COS signature (q-sign-algorithm=sha1…).');
  }
  const { secretId } = authorization;
  const upload = await findUpload(context, request, secretId);
  const isTemporary = upload?.secret_id === secretId;
  const secretKey = isTemporary ? upload.secret_key : await findSecretKey(context, secretId);
  if (secretKey === undefined) throw new StorageError('InvalidAccessKeyId');
  assertSignature(context, request, secretKey);
  if (!upload) throw new StorageError('AccessDenied', 'No upload has been opened for this key: call ApplyUpload first.');
  if (upload.expires_at < context.clock()) throw new StorageError('AccessDenied', 'Request has expired');
  if (isTemporary) assertToken(request, upload);
  return upload;
}

function assertSignature(context: VodContext, request: ObjectRequest, secretKey: string): void {
  const verification = verifyCosV5({
    method: request.method,
    rawPath: rawKeyPath(request),
    rawQuery: rawQuery(request),
    headers: request.headers,
    secretKey,
    nowSec: Math.floor(context.clock().getTime() / 1000),
  });
  if (verification.ok) return;
  throw new StorageError(verification.reason === 'expired' ? 'RequestTimeTooSkewed' : 'SignatureDoesNotMatch');
}

/** A temporary key is good only together with its token, in a header or, for presigned URLs, in the query. */
function assertToken(request: ObjectRequest, upload: UploadRow): void {
  const token = request.headers['x-cos-security-token'] ?? queryOf(request).get('x-cos-security-token');
  if (token !== upload.token) throw new StorageError('AccessDenied', 'x-cos-security-token does not belong to this key.');
}

async function findUpload(
  { db }: VodContext,
  request: ObjectRequest,
  secretId: string,
): Promise<UploadRow | undefined> {
  const key = objectKey(request);
  const inBucket = db.selectFrom('vod.upload').selectAll().where('bucket', '=', request.params.bucket);
  const matching =
    key === ''
      ? inBucket.where('secret_id', '=', secretId)
      : inBucket.where((where) => where.or([where('media_key', '=', key), where('cover_key', '=', key)]));
  return await matching.executeTakeFirst();
}
