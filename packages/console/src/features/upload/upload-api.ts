import { ApiError, isSignedOut, isUnreachable } from '../../shared/api/api-error.ts';
import type { Api } from '../../shared/api/api.ts';
import { object, text, type Decoder } from '../../shared/api/decode.ts';
import { UploadError } from './upload-error.ts';
import type { UploadRecord, UploadTicket } from './upload-item.ts';

/** The session is over, or no file is there: what was begun is gone. */
const GONE = new Set(['InvalidParameterValue.VodSessionKey', 'ResourceNotFound']);

const ticket: Decoder<UploadTicket> = object({ sessionKey: text, putUrl: text, postUrl: text, getUrl: text });

/** Asks the server for a place to put the file. @throws UploadError */
export async function applyUpload(
  api: Api,
  { name, sizeBytes, application }: UploadRecord,
  signal: AbortSignal,
): Promise<UploadTicket> {
  // Named even when it is the primary one: another may be looked at by now.
  const body = { name, sizeBytes, subAppId: application ?? undefined };
  return await explain(api.request('/uploads', ticket, { method: 'POST', body, signal }));
}

/** @returns the FileId. @throws UploadError */
export async function commitUpload(
  api: Api,
  { application }: UploadRecord,
  sessionKey: string,
): Promise<string> {
  const parameters = { VodSessionKey: sessionKey, SubAppId: application ?? undefined };
  const response = await explain(api.vod('CommitUpload', parameters, object({ FileId: text })));
  return response.FileId;
}

async function explain<Value>(call: Promise<Value>): Promise<Value> {
  try {
    return await call;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (isSignedOut(error)) throw new UploadError('signedOut', message);
    if (isUnreachable(error)) throw new UploadError('network', message);
    const isGone = error instanceof ApiError && error.code !== null && GONE.has(error.code);
    throw new UploadError(isGone ? 'gone' : 'rejected', message);
  }
}
