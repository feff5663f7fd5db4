import { request, type IncomingMessage, type ServerResponse } from 'node:http';

import type { StorageRequest } from '../src/features/upload/transfer-job.ts';
import { UploadError } from '../src/features/upload/upload-error.ts';
import type { UploadRecord } from '../src/features/upload/upload-item.ts';
import { createUploadQueue, type UploadQueue } from '../src/features/upload/upload-queue.ts';
import { applyUpload, commitUpload } from '../src/features/upload/upload-api.ts';
import { toError } from '../src/features/upload/xhr-send.ts';
import { createApi } from '../src/shared/api/api.ts';
import type { LocalServer } from './local-server.ts';

export interface Blob {
  name: string;
  size: number;
  lastModified: number;
  bytes: Buffer;
}

export function blob(name: string, size: number): Blob {
  return { name, size, lastModified: 1, bytes: Buffer.alloc(size, name) };
}

/** The console's upload API and an object store, with switches for what goes wrong. */
export class UploadService {
  readonly stored = new Map<string, number>();
  readonly commits: string[] = [];
  /** Parts by number, of the one multipart upload that is open. */
  readonly parts = new Map<number, number>();
  readonly sentParts: number[] = [];
  /** From this part on none is taken. */
  brokenFrom = Number.POSITIVE_INFINITY;
  readonly applications: unknown[] = [];
  /** The multipart upload is known no more. */
  isForgotten = false;
  putting = 0;
  mostPutting = 0;
  putStatus = 200;
  commitError: string | null = null;
  /** Puts wait here until released. */
  gate: Promise<void> = Promise.resolve();

  /** The numbers of the parts that came, in order, each once: what a page had under way may come late. */
  takenParts(): number[] {
    return [...new Set(this.sentParts)].toSorted((a, b) => a - b);
  }

  readonly handle = (incoming: IncomingMessage, response: ServerResponse): void => {
    void this.#answer(incoming, response);
  };

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = incoming.url ?? '';
    if (path.startsWith('/store/')) {
      const { pathname, searchParams } = new URL(path, 'http://storage');
      const key = pathname.slice(7);
      if (incoming.method === 'PUT' && !searchParams.has('uploadId'))
        return this.#store(key, incoming, response);
      return this.#multipart(key, searchParams, { incoming, response });
    }
    const body = JSON.parse((await collect(incoming)).toString()) as Record<string, string>;
    if (path.endsWith('/uploads')) {
      const key = `key-${body['name']}`;
      const url = `http://${incoming.headers.host}/store/${key}?sign=1`;
      this.applications.push(body['subAppId']);
      return json(response, { sessionKey: key, putUrl: url, postUrl: url, getUrl: url });
    }
    const key = body['VodSessionKey'] ?? '';
    this.commits.push(key);
    const failure = this.isForgotten ? 'ResourceNotFound' : this.commitError;
    if (failure === null) return json(response, { Response: { FileId: `id-${key}` } });
    return json(response, { Response: { Error: { Code: failure, Message: 'Try later.' } } });
  }

  async #multipart(
    key: string,
    query: URLSearchParams,
    { incoming, response }: { incoming: IncomingMessage; response: ServerResponse },
  ): Promise<void> {
    const number = Number(query.get('partNumber'));
    if (number >= this.brokenFrom) {
      // Only once those before it are there: what is under way with it would end too.
      const before = this.brokenFrom - 1;
      incoming.resume();
      while (this.parts.size < before) await new Promise(setImmediate);
      return void incoming.socket.destroy();
    }
    const bytes = await collect(incoming).catch(() => null);
    if (bytes === null) return;
    if (this.isForgotten && !query.has('uploads')) {
      return void response.writeHead(404).end('<Error><Code>NoSuchUpload</Code></Error>');
    }
    if (incoming.method === 'PUT') {
      this.sentParts.push(number);
      this.parts.set(number, bytes.length);
      return void response.writeHead(200, { etag: `"e${number}"` }).end();
    }
    if (query.has('uploads')) {
      this.isForgotten = false;
      this.parts.clear();
      return void response.end('<UploadId>u1</UploadId>');
    }
    if (incoming.method === 'GET')
      return void response.end(this.#listParts(Number(query.get('part-number-marker'))));
    const named = [...bytes.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>e\1</g)];
    const sizes = named.map(([, part]) => this.parts.get(Number(part)) ?? 0);
    this.stored.set(
      key,
      sizes.reduce((sum, size) => sum + size, 0),
    );
    response.end();
  }

  /** One part to a page. */
  #listParts(marker: number): string {
    const [number, size] =
      [...this.parts].toSorted(([a], [b]) => a - b).find(([part]) => part > marker) ?? [];
    if (number === undefined) return '<ListPartsResult></ListPartsResult>';
    return `<NextPartNumberMarker>${number}</NextPartNumberMarker>
      <Part><PartNumber>${number}</PartNumber><ETag>&quot;e${number}&quot;</ETag><Size>${size}</Size></Part>`;
  }

  async #store(key: string, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    this.putting += 1;
    this.mostPutting = Math.max(this.mostPutting, this.putting);
    incoming.on('close', () => (this.putting -= 1));
    await this.gate;
    const bytes = await collect(incoming).catch(() => null);
    if (bytes === null) return;
    if (this.putStatus === 200) this.stored.set(key, bytes.length);
    response
      .writeHead(this.putStatus)
      .end('<Error><Code>AccessDenied</Code><Message>Expired.</Message></Error>');
  }
}

async function collect(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** What xhrSend does in a browser. */
export function nodeSend({
  method,
  url,
  body,
  signal,
  onProgress,
}: StorageRequest<Blob>): Promise<{ text: string; etag: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, signal }, (response) => {
      collect(response).then((content) => {
        const text = content.toString();
        if (response.statusCode === 200) resolve({ text, etag: response.headers.etag ?? '' });
        else reject(toError(response.statusCode ?? 0, text));
      }, reject);
    });
    outgoing.on('error', (error) => reject(new UploadError('network', error.message)));
    if (typeof body !== 'object') return outgoing.end(body ?? '');
    const bytes = body.source.bytes.subarray(body.start, body.end);
    const half = Math.floor(bytes.length / 2);
    outgoing.write(bytes.subarray(0, half), () => onProgress?.(half));
    return outgoing.end(bytes.subarray(half), () => onProgress?.(bytes.length));
  });
}

/** What IndexedDB keeps, and who has which upload. */
export class Memory {
  readonly records = new Map<string, UploadRecord>();
  readonly store = {
    load: async (): Promise<UploadRecord[]> => [...this.records.values()],
    put: (record: UploadRecord): void => void this.records.set(record.id, record),
    delete: (id: string): void => void this.records.delete(id),
  };
  readonly #held = new Map<string, Promise<void>>();

  async claim(id: string): Promise<() => void> {
    await this.#held.get(id);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held.set(id, promise);
    return resolve;
  }

  /** What the browser does when a page goes. */
  releaseAll(): void {
    this.#held.clear();
  }
}

export interface PageOptions {
  readonly reopen?: (record: UploadRecord) => Promise<Blob | null>;
  /** What happens while the queue waits for the connection. */
  readonly onWait?: () => void;
  readonly application?: number;
}

/** A queue as a page of the console makes it. */
export function openPage(
  server: LocalServer,
  memory: Memory,
  { reopen = async () => null, onWait = () => undefined, application }: PageOptions = {},
): UploadQueue<Blob> {
  const api = createApi({ fetch, baseUrl: `${server.url}/console/api` });
  let clockMs = 0;
  let lastId = memory.records.size;
  return createUploadQueue<Blob>(
    {
      apply: (record, signal) => applyUpload(api, record, signal),
      send: nodeSend,
      commit: (record, key) => commitUpload(api, record, key),
      now: () => (clockMs += 500),
      wait: async () => onWait(),
      store: memory.store,
      claim: (id) => memory.claim(id),
      reopen,
      application: () => application ?? null,
      newId: () => `upload-${(lastId += 1)}`,
    },
    { parallel: 2 },
  );
}
