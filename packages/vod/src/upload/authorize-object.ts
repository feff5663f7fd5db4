import { findCosAuthorization, verifyCosV5 } from '@vodstack/protocol';
import type { VodContext } from '../context.ts';
import { type AccessKey, findAccessKey } from '../keys/access-key.ts';
import type { UploadRow } from '../tables.ts';
import {
  objectKey,
  type ObjectRequest,
  queryOf,
  rawKeyPath,
  rawQuery,
  sentHeaders,
} from './object-request.ts';
import { StorageError } from './storage-error.ts';
import { folderOf } from './upload-files.ts';

/** Hex digits before the media's id in the name of its folder. */
const FOLDER_PREFIX = 8;

/**
 * The open upload whose place a request names, after its signature was checked. A temporary key opens its own upload's
 * folder and no other; the account's key opens all.
 * @throws StorageError AccessDenied, InvalidAccessKeyId, SignatureDoesNotMatch or RequestTimeTooSkewed
 */
export async function authorizeObject(context: VodContext, request: ObjectRequest): Promise<UploadRow> {
  const { signer, key } = await verifySender(context, request);
  const upload = signer ?? (await findUpload(context, request));
  if (!upload) {
    throw new StorageError('AccessDenied', 'No upload has been opened for this key: call ApplyUpload first.');
  }
  if (!isPlaceOf(upload, request)) {
    throw new StorageError(
      'AccessDenied',
      'This temporary key opens only the place that ApplyUpload named with it.',
    );
  }
  if (key?.subAppIds && !key.subAppIds.includes(upload.sub_app_id)) throw notOpened();
  assertNotExpired(context, upload);
  return upload;
}

function notOpened(): StorageError {
  return new StorageError('AccessDenied', 'This key does not open the application that this belongs to.');
}

/**
 * The same for a request to the bucket itself.
 * @returns the upload that the request may see, undefined when it may see all of the bucket
 */
export async function authorizeBucket(
  context: VodContext,
  request: ObjectRequest,
): Promise<UploadRow | undefined> {
  const { signer, key } = await verifySender(context, request);
  // A bucket holds the files of every application.
  if (key?.subAppIds) throw notOpened();
  if (!signer) return undefined;
  if (signer.bucket !== request.params.bucket) {
    throw new StorageError('AccessDenied', 'This temporary key belongs to another bucket.');
  }
  assertNotExpired(context, signer);
  return signer;
}

interface Sender {
  /** The upload whose temporary key signed the request. */
  readonly signer?: UploadRow | undefined;
  /** The API key that did. */
  readonly key?: AccessKey | undefined;
}

async function verifySender(context: VodContext, request: ObjectRequest): Promise<Sender> {
  const authorization = findCosAuthorization({ headers: request.headers, rawQuery: rawQuery(request) });
  if (!authorization) {
    throw new StorageError('AccessDenied', 'The request carries no COS signature (q-sign-algorithm=sha1…).');
  }
  const { secretId } = authorization;
  const signer = await findSigner(context, secretId);
  const key = signer ? undefined : await findAccessKey(context.db, secretId);
  const secretKey = signer?.secret_key ?? key?.secretKey;
  if (secretKey === undefined) throw new StorageError('InvalidAccessKeyId');
  assertSignature(context, request, secretKey);
  if (signer) assertToken(request, signer.token);
  if (key?.temporary) {
    assertToken(request, key.temporary.token);
    assertNotExpired(context, { expires_at: key.temporary.expiresAt });
  }
  return { signer, key };
}

function assertSignature(context: VodContext, request: ObjectRequest, secretKey: string): void {
  const verification = verifyCosV5({
    method: request.method,
    rawPath: rawKeyPath(request),
    rawQuery: rawQuery(request),
    headers: sentHeaders(request),
    secretKey,
    nowSec: Math.floor(context.wallClock().getTime() / 1000),
  });
  if (verification.ok) return;
  throw new StorageError(
    verification.reason === 'expired' ? 'RequestTimeTooSkewed' : 'SignatureDoesNotMatch',
  );
}

/** A temporary key is good only together with its token, in a header or, for presigned URLs, in the query. */
function assertToken(request: ObjectRequest, expected: string): void {
  const token = request.headers['x-cos-security-token'] ?? queryOf(request).get('x-cos-security-token');
  if (token !== expected) {
    throw new StorageError('AccessDenied', 'x-cos-security-token does not belong to this key.');
  }
}

function assertNotExpired(context: VodContext, upload: Pick<UploadRow, 'expires_at'>): void {
  if (upload.expires_at < context.clock()) throw new StorageError('AccessDenied', 'Request has expired');
}

function isPlaceOf(upload: UploadRow, request: ObjectRequest): boolean {
  const key = objectKey(request);
  if (upload.bucket !== request.params.bucket) return false;
  return upload.replaces_cover ? key === upload.cover_key : isInside(folderOf(upload), key);
}

/** Steps out of the folder are no names; they would not lead anywhere, but no client can address them either. */
function isInside(folder: string, key: string): boolean {
  const names = key.split('/').slice(2);
  return key.startsWith(`${folder}/`) && names.every((name) => name !== '' && name !== '.' && name !== '..');
}

async function findSigner({ db }: VodContext, secretId: string): Promise<UploadRow | undefined> {
  return await db.selectFrom('vod.upload').selectAll().where('secret_id', '=', secretId).executeTakeFirst();
}

/** The upload that opened the folder which a key is in; the folder's name ends with the media's id. */
async function findUpload({ db }: VodContext, request: ObjectRequest): Promise<UploadRow | undefined> {
  const key = objectKey(request);
  const [, folder = ''] = key.split('/');
  const uploads = await db
    .selectFrom('vod.upload')
    .selectAll()
    .where('bucket', '=', request.params.bucket)
    .where((where) =>
      where.or([
        where.and([where('file_id', '=', folder.slice(FOLDER_PREFIX)), where('replaces_cover', '=', false)]),
        where('cover_key', '=', key),
      ]),
    )
    // A new cover's place lies in the folder of an upload that is over.
    .orderBy('replaces_cover', 'desc')
    .execute();
  return uploads.find((upload) => isPlaceOf(upload, request));
}
