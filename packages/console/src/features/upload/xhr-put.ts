import { UploadError } from './upload-error.ts';
import type { PutOptions, UploadTicket } from './upload-queue.ts';

/** Sends a file with XMLHttpRequest: fetch cannot tell how much of a body has been sent. @throws UploadError */
export function xhrPut(file: File, ticket: UploadTicket, { signal, onProgress }: PutOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded));
    request.addEventListener('load', () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(new UploadError('rejected', reasonOf(request.responseText) ?? `HTTP ${request.status}`));
    });
    request.addEventListener('error', () => reject(new UploadError('network', 'The connection broke.')));
    request.addEventListener('abort', () => reject(new UploadError('other', 'Canceled.')));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.open('PUT', ticket.putUrl);
    for (const [name, value] of Object.entries(ticket.headers)) request.setRequestHeader(name, value);
    request.send(file);
  });
}

/** The object storage reports errors as XML: `<Error><Code>…</Code><Message>…</Message></Error>`. */
export function reasonOf(body: string): string | null {
  const [, code] = /<Code>([^<]+)<\/Code>/.exec(body) ?? [];
  const [, message] = /<Message>([^<]+)<\/Message>/.exec(body) ?? [];
  if (message !== undefined && code !== undefined) return `${message} (${code})`;
  return message ?? code ?? null;
}
