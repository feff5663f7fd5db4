import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { signCosV5, type models } from '@vodstack/protocol';

export interface FileToPut {
  readonly path: string;
  readonly sizeBytes: number;
  readonly onProgress: (bytesSent: number) => void;
}

const SIGNATURE_LIFE_SEC = 24 * 3600;

/**
 * Streams a file to the place that ApplyUpload gave, and checks that what arrived is what was sent.
 * @throws Error with the storage's answer when it refuses, or when the checksums differ
 */
export async function putFile(
  endpoint: string,
  session: models.ApplyUploadResponse,
  file: FileToPut,
): Promise<void> {
  const key = session.MediaStoragePath ?? '';
  const url = new URL(`/cos/${session.StorageBucket}/${session.StorageRegion}${key}`, endpoint);
  const digest = createHash('md5');
  const { outgoing, response } = send(url, toHeaders(url, session, file.sizeBytes));
  // An early refusal breaks the upload off; then the answer tells more than the broken pipe.
  const sent = pipeline(createReadStream(file.path), meter(digest, file.onProgress), outgoing).catch(
    (error: unknown) => error,
  );
  const answer = await response.catch(async (error: unknown) => {
    throw error instanceof Error ? error : new Error(String(error), { cause: await sent });
  });
  const body = await text(answer);
  if (answer.statusCode !== 200)
    throw new Error(`The upload was refused: ${toReason(body) ?? `HTTP ${answer.statusCode}`}`);
  await sent;
  const md5 = digest.digest('hex');
  if (answer.headers.etag !== `"${md5}"`) {
    throw new Error(
      `The upload was damaged on its way: sent MD5 ${md5}, stored ${answer.headers.etag}. Try again.`,
    );
  }
}

function toHeaders(url: URL, session: models.ApplyUploadResponse, sizeBytes: number): Record<string, string> {
  const { SecretId = '', SecretKey = '', Token = '' } = session.TempCertificate ?? {};
  const startSec = Math.floor(Date.now() / 1000) - 1;
  const headers = { host: url.host, 'content-length': String(sizeBytes) };
  const authorization = signCosV5({
    method: 'PUT',
    path: session.MediaStoragePath ?? '',
    headers,
    secretId: SecretId,
    secretKey: SecretKey,
    startSec,
    endSec: startSec + SIGNATURE_LIFE_SEC,
  });
  return { ...headers, authorization, 'x-cos-security-token': Token };
}

function send(
  url: URL,
  headers: Record<string, string>,
): { outgoing: http.ClientRequest; response: Promise<http.IncomingMessage> } {
  const client = url.protocol === 'https:' ? https : http;
  const outgoing = client.request(url, { method: 'PUT', headers });
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  outgoing.once('response', resolve).once('error', reject);
  return { outgoing, response: promise };
}

function meter(digest: ReturnType<typeof createHash>, onProgress: (bytesSent: number) => void): Transform {
  let sent = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      digest.update(chunk);
      sent += chunk.length;
      onProgress(sent);
      done(null, chunk);
    },
  });
}

function toReason(xml: string): string | undefined {
  const [, code] = /<Code>(.*?)<\/Code>/s.exec(xml) ?? [];
  const [, message] = /<Message>(.*?)<\/Message>/s.exec(xml) ?? [];
  return code ? `${code}: ${message ?? ''}` : undefined;
}
