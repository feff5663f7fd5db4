import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { listField, numberField, textField } from '../../src/parse/fields.ts';
import { isJsonObject } from '../../src/parse/json.ts';

export interface RecordServer {
  readonly url: string;
  readonly requests: readonly { readonly headers: IncomingHttpHeaders; readonly body: unknown }[];
  /** Answers the next requests with these statuses instead of 204; 0 resets the connection. */
  fail(...statuses: number[]): void;
  /** The latest URL by "FileId Definition". */
  readonly urls: ReadonlyMap<string, string>;
  close(): Promise<void>;
}

/** A record address that keeps what it is sent. */
export async function startRecordServer(): Promise<RecordServer> {
  const requests: { headers: IncomingHttpHeaders; body: unknown }[] = [];
  const urls = new Map<string, string>();
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const status = statuses.shift() ?? 204;
      const parsed: unknown = JSON.parse(body);
      requests.push({ headers: request.headers, body: parsed });
      if (status === 0) return void response.socket?.resetAndDestroy();
      if (status === 204) keep(parsed, urls);
      return void response
        .writeHead(status, { Location: '/elsewhere' })
        .end(status === 204 ? '' : `answer ${status}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/record`,
    requests,
    urls,
    fail: (...more) => statuses.push(...more),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function keep(body: unknown, urls: Map<string, string>): void {
  if (!isJsonObject(body)) return;
  for (const output of listField(body, 'Outputs')) {
    urls.set(
      `${textField(body, 'FileId')} ${numberField(output, 'Definition')}`,
      textField(output, 'Url') ?? '',
    );
  }
}
