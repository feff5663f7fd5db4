import http from 'node:http';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type models, signCosV5 } from '@vodstack/protocol';
import COS from 'cos-nodejs-sdk-v5';
import type { Stack } from './stack.ts';

export interface StorageAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  /** Code and message of an error document; empty otherwise. */
  readonly code: string;
  readonly message: string;
}

export interface StorageRequest {
  readonly method: string;
  /** Default: the place that ApplyUpload named. */
  readonly path?: string;
  readonly query?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
  /** `account` signs with the account's key, `none` not at all. Default: the temporary key, with its token. */
  readonly key?: 'temporary' | 'account' | 'none';
  readonly secretKey?: string;
  readonly secretId?: string;
  /** Without it the token is the session's own; null sends none. */
  readonly token?: string | null;
  /** Seconds from now in which the signature holds. */
  readonly window?: readonly [startSec: number, endSec: number];
  /** Default: `/cos/{bucket}/{region}` before the path, as path-style clients send it. */
  readonly host?: string;
}

/** One request to the object storage, signed by hand. */
export async function callStorage(
  stack: Stack,
  session: models.ApplyUploadResponse,
  request: StorageRequest,
): Promise<StorageAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const outgoing = http.request(toOptions(stack, session, request), resolve).on('error', reject);
  outgoing.end(request.body);
  return await readStorageAnswer(await promise);
}

export async function readStorageAnswer(response: http.IncomingMessage): Promise<StorageAnswer> {
  const body = await buffer(response);
  const text = body.toString('utf8', 0, 4096);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body,
    code: /<Error>.*<Code>(.*?)<\/Code>/s.exec(text)?.[1] ?? '',
    message: /<Error>.*<Message>(.*?)<\/Message>/s.exec(text)?.[1] ?? '',
  };
}

/** The same for who writes the body bit by bit. */
export function toOptions(
  stack: Stack,
  session: models.ApplyUploadResponse,
  request: StorageRequest,
): http.RequestOptions {
  const { hostname, port, host } = new URL(stack.url);
  const path = request.path ?? session.MediaStoragePath ?? '';
  const query = request.query ? `?${String(new URLSearchParams(request.query))}` : '';
  const prefix = request.host === undefined ? `/cos/${session.StorageBucket}/${session.StorageRegion}` : '';
  const token = request.token === undefined ? session.TempCertificate?.Token : request.token;
  const isTemporary = (request.key ?? 'temporary') === 'temporary';
  return {
    hostname,
    port,
    method: request.method,
    path: `${prefix}${path.split('/').map(encodeURIComponent).join('/')}${query}`,
    agent: false,
    headers: {
      host: request.host ?? host,
      ...(request.key === 'none' ? {} : { authorization: authorize(stack, session, request) }),
      ...(isTemporary && token !== null ? { 'x-cos-security-token': token } : {}),
      ...(request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) }),
      ...request.headers,
    },
  };
}

function authorize(stack: Stack, session: models.ApplyUploadResponse, request: StorageRequest): string {
  const nowSec = Math.floor(Date.now() / 1000);
  const [start, end] = request.window ?? [-1, 900];
  const { credentials } = stack.server;
  const isAccount = request.key === 'account';
  const own = isAccount ? credentials.secretId : session.TempCertificate?.SecretId;
  const ownKey = isAccount ? credentials.secretKey : session.TempCertificate?.SecretKey;
  return signCosV5({
    method: request.method,
    path: request.path ?? session.MediaStoragePath ?? '',
    ...(request.query ? { query: request.query } : {}),
    headers: { host: request.host ?? new URL(stack.url).host },
    secretId: request.secretId ?? own ?? '',
    secretKey: request.secretKey ?? ownKey ?? '',
    startSec: nowSec + start,
    endSec: nowSec + end,
  });
}

/** The official storage client over plain HTTP, with a session's temporary key. */
export function createCos(
  stack: Pick<Stack, 'url'>,
  session: models.ApplyUploadResponse,
  options: COS.COSOptions = {},
): COS {
  return new COS({
    Domain: `${new URL(stack.url).host}/cos/{Bucket}/{Region}`,
    Protocol: 'http:',
    getAuthorization(_options, callback) {
      callback({
        TmpSecretId: session.TempCertificate?.SecretId ?? '',
        TmpSecretKey: session.TempCertificate?.SecretKey ?? '',
        SecurityToken: session.TempCertificate?.Token ?? '',
        StartTime: Math.floor(Date.now() / 1000) - 1,
        ExpiredTime: session.TempCertificate?.ExpiredTime ?? 0,
      });
    },
    ...options,
  });
}

/** Where the official storage client is to put the media. */
export function placeOf(session: models.ApplyUploadResponse): {
  Bucket: string;
  Region: string;
  Key: string;
} {
  return {
    Bucket: session.StorageBucket ?? '',
    Region: session.StorageRegion ?? '',
    Key: (session.MediaStoragePath ?? '').slice(1),
  };
}

/** Every file under the stack's blobs, finished or not. */
export async function listBlobs(stack: Stack): Promise<string[]> {
  const folder = join(stack.dataFolder, 'blobs');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
