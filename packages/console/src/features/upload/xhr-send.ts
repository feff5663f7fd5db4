import type { StorageRequest } from './transfer-job.ts';
import { UploadError } from './upload-error.ts';

/** A connection on which nothing moves for so long is given up. */
const STALL_MS = 60_000;

/** What the storage says when it knows the upload no more, or its day is over. */
const GONE = new Set([
  'NoSuchUpload',
  'InvalidAccessKeyId',
  'RequestTimeTooSkewed',
  'AccessDenied',
  'SignatureDoesNotMatch',
]);

/** Talks to the object storage with XMLHttpRequest: fetch cannot tell how much of a body has been sent. @throws UploadError */
export function xhrSend({
  method,
  url,
  body,
  signal,
  onProgress,
}: StorageRequest<File>): Promise<{ text: string; etag: string }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = (error: UploadError): void => {
      clearTimeout(stall);
      reject(error);
    };
    const giveUp = (): void => {
      fail(new UploadError('network', 'Nothing moved for a minute.'));
      request.abort();
    };
    let stall = isFile(body) ? setTimeout(giveUp, STALL_MS) : undefined;
    request.upload.addEventListener('progress', ({ loaded }) => {
      clearTimeout(stall);
      stall = setTimeout(giveUp, STALL_MS);
      onProgress?.(loaded);
    });
    request.addEventListener('load', () => {
      const { status, responseText: text } = request;
      if (status < 200 || status >= 300) return fail(toError(status, text));
      clearTimeout(stall);
      resolve({ text, etag: request.getResponseHeader('ETag') ?? '' });
    });
    request.addEventListener('error', () => fail(new UploadError('network', 'The connection broke.')));
    request.addEventListener('abort', () => fail(new UploadError('other', 'Canceled.')));
    if (signal.aborted) return fail(new UploadError('other', 'Canceled.'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.open(method, url);
    request.send(isFile(body) ? body.source.slice(body.start, body.end) : (body ?? null));
  });
}

function isFile(body: StorageRequest<File>['body']): body is { source: File; start: number; end: number } {
  return typeof body === 'object';
}

/** The object storage reports errors as XML: `<Error><Code>…</Code><Message>…</Message></Error>`. */
export function toError(status: number, body: string): UploadError {
  const [, code] = /<Code>([^<]+)<\/Code>/.exec(body) ?? [];
  const [, message] = /<Message>([^<]+)<\/Message>/.exec(body) ?? [];
  const known = message !== undefined && code !== undefined ? `${message} (${code})` : (message ?? code);
  const reason = known ?? `HTTP ${status}`;
  // A server that is going down, or a proxy without one behind it.
  if (status >= 502 && status <= 504) return new UploadError('network', reason);
  return new UploadError(code !== undefined && GONE.has(code) ? 'gone' : 'rejected', reason);
}
