import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { eventually } from './eventually.ts';

export interface Notification {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The event's member; undefined when the body is no event. */
  readonly content: { EventType: string; Sign?: string; T?: number } & Record<string, unknown>;
  readonly fileId: string;
}

/** A callback address of a test's own: a real server that keeps what it gets. */
export interface EventListener {
  readonly url: string;
  readonly port: number;
  readonly notifications: readonly Notification[];
  /** Waits for the notifications of a file. */
  waitFor(fileId: string, count: number): Promise<Notification[]>;
  stop(): Promise<void>;
}

export interface ListenerAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

/** @param answer the status and body of every answer, what makes one, or `never` to read the request and say nothing */
export async function startEventListener(
  answer: ListenerAnswer | (() => ListenerAnswer) | 'never' = { status: 200, body: '' },
): Promise<EventListener> {
  const notifications: Notification[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      notifications.push(toNotification(request, body.toString('utf8')));
      if (answer === 'never') return;
      const { status, headers, body: text } = typeof answer === 'function' ? answer() : answer;
      response.writeHead(status, headers).end(text);
    });
  });
  const stop = await listen(server);
  const { port } = server.address() as AddressInfo;
  const ofFile = (fileId: string): Notification[] => notifications.filter((one) => one.fileId === fileId);
  return {
    url: `http://127.0.0.1:${port}/callback`,
    port,
    notifications,
    waitFor: async (fileId, count) =>
      await eventually(`${count} notifications of ${fileId}`, () => {
        const found = ofFile(fileId);
        return found.length >= count && found;
      }),
    stop,
  };
}

async function listen(server: Server): Promise<() => Promise<void>> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
}

function toNotification(request: IncomingMessage, body: string): Notification {
  const content = JSON.parse(body) as Notification['content'];
  const member = (content['FileUploadEvent'] ?? content['ProcedureStateChangeEvent']) as
    | { FileId: string }
    | undefined;
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body,
    content,
    fileId: member?.FileId ?? '',
  };
}
