import { isSignedOut, isUnreachable } from '../../shared/api/api-error.ts';
import type { Api } from '../../shared/api/api.ts';
import { object, record, text, type Decoder } from '../../shared/api/decode.ts';
import { UploadError } from './upload-error.ts';
import type { UploadSource, UploadTicket } from './upload-queue.ts';

const stringMap: Decoder<Record<string, string>> = (value, path) =>
  Object.fromEntries(
    Object.entries(record(value, path)).map(([key, entry]) => [key, text(entry, `${path}.${key}`)]),
  );

const ticket: Decoder<UploadTicket> = object({ sessionKey: text, putUrl: text, headers: stringMap });

/** Asks the server for a place to put the file. @throws UploadError */
export async function applyUpload(
  api: Api,
  source: UploadSource,
  signal: AbortSignal,
): Promise<UploadTicket> {
  const body = { name: source.name, sizeBytes: source.size };
  return explain(api.request('/uploads', ticket, { method: 'POST', body, signal }));
}

/** @returns the FileId. @throws UploadError */
export async function commitUpload(api: Api, sessionKey: string): Promise<string> {
  const response = await explain(
    api.vod('CommitUpload', { VodSessionKey: sessionKey }, object({ FileId: text })),
  );
  return response.FileId;
}

async function explain<Value>(call: Promise<Value>): Promise<Value> {
  try {
    return await call;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (isSignedOut(error)) throw new UploadError('signedOut', message);
    if (isUnreachable(error)) throw new UploadError('network', message);
    throw new UploadError('rejected', message);
  }
}
