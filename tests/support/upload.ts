import { stat } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { signCosV5, type models } from '@vodstack/protocol';
import type { Client } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_client.js';

/** A server to upload to: the stack of this process, or one that runs as a child. */
export interface UploadTarget {
  readonly url: string;
  readonly client: Client;
}

/** ApplyUpload, a plain PUT and CommitUpload, as a program without an upload SDK does it. */
export async function uploadFile(
  stack: UploadTarget,
  path: string,
  options: Partial<models.ApplyUploadRequest> = {},
): Promise<models.CommitUploadResponse & { FileId: string; VodSessionKey: string }> {
  const session = await stack.client.ApplyUpload({
    MediaType: extname(path).slice(1),
    MediaName: 'clip',
    ...options,
  });
  const { size } = await stat(path);
  const response = await putObject(stack.url, session, createReadStream(path), size);
  if (response.status !== 200) throw new Error(`PUT: ${response.status} ${await response.text()}`);
  const VodSessionKey = session.VodSessionKey ?? '';
  const { SubAppId } = options;
  const media = await stack.client.CommitUpload({ VodSessionKey, ...(SubAppId ? { SubAppId } : {}) });
  return { ...media, FileId: media.FileId ?? '', VodSessionKey };
}

/** A signed PUT to the place that ApplyUpload named. */
export async function putObject(
  url: string,
  session: models.ApplyUploadResponse,
  body: AsyncIterable<Uint8Array> | Uint8Array,
  sizeBytes: number,
  headers: Record<string, string> = {},
): Promise<Response> {
  const now = Math.floor(Date.now() / 1000);
  const target = new URL(
    `/cos/${session.StorageBucket}/${session.StorageRegion}${session.MediaStoragePath}`,
    url,
  );
  const authorization = signCosV5({
    method: 'PUT',
    path: session.MediaStoragePath ?? '',
    headers: { host: target.host },
    secretId: session.TempCertificate?.SecretId ?? '',
    secretKey: session.TempCertificate?.SecretKey ?? '',
    startSec: now - 1,
    endSec: now + 900,
  });
  return await fetch(target, {
    method: 'PUT',
    body,
    duplex: 'half',
    headers: {
      'content-length': String(sizeBytes),
      authorization,
      'x-cos-security-token': session.TempCertificate?.Token ?? '',
      ...headers,
    },
  });
}
