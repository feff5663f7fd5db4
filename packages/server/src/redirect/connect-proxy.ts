import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { pipeline, type Duplex } from 'node:stream';
import { isCloudHost } from '@vodstack/platform';
import { isLoopbackHost } from '../addresses.ts';

export interface ProxyTargets {
  readonly address: string;
  readonly httpPort: number;
  readonly tlsPort: number;
}

export interface ConnectProxy {
  readonly server: Server;
  stop(): void;
}

export interface ProxyOptions {
  readonly targets: ProxyTargets;
  /** Whether other hosts are connected to as well, for clients on this machine. */
  readonly isOpen: boolean;
}

interface Place {
  readonly host: string;
  readonly port: number;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** An HTTP proxy (CONNECT, and absolute URLs) at which every way to one of the cloud's hosts ends at the local stack. */
export function createConnectProxy(options: ProxyOptions): ConnectProxy {
  const sockets = new Set<Duplex>();
  const track = <T extends Duplex>(socket: T): T => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((incoming, response) => forward(incoming, response, options));
  server.on('connection', track);
  server.on('connect', (incoming, socket, head) => {
    const wanted = parseAuthority(incoming.url ?? '');
    const place = wanted && findPlace(wanted, incoming.socket, options);
    if (!place) return refuse(socket, incoming.url ?? '');
    openTunnel(socket, head, track(connect(place)));
  });
  return {
    server,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** `host:port`, `[::1]:port`. */
function parseAuthority(text: string): Place | undefined {
  const url = URL.canParse(`http://${text}`) ? new URL(`http://${text}`) : undefined;
  return url && { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 80) };
}

/** Where a connection to the host ends; undefined where none may be made. */
function findPlace(
  { host, port }: Place,
  client: Socket,
  { targets, isOpen }: ProxyOptions,
): Place | undefined {
  const { address, httpPort, tlsPort } = targets;
  if (isCloudHost(host)) return { host: address, port: port === 443 ? tlsPort : httpPort };
  // The stack's own address: the media's URLs begin with it, and not every client leaves it out.
  if (isLoopbackHost(host) && [httpPort, tlsPort].includes(port)) return { host: address, port };
  return isOpen && isLocalClient(client) ? { host, port } : undefined;
}

/** Nobody else's traffic is passed on, whatever the server listens on. */
function isLocalClient(client: Socket): boolean {
  return isLoopbackHost((client.remoteAddress ?? '').replace(/^::ffff:/, ''));
}

function openTunnel(client: Duplex, head: Buffer, target: Socket): void {
  const fail = (error: Error): void => answer(client, 502, `Cannot connect: ${error.message}.`);
  target.setTimeout(CONNECT_TIMEOUT_MS, () => target.destroy(new Error('no answer in time')));
  target.once('error', fail);
  client.once('error', () => target.destroy());
  target.once('connect', () => {
    target.setTimeout(0);
    target.removeListener('error', fail);
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    target.write(head);
    // Either side's end or failure ends the other; there is nobody to tell.
    pipeline(client, target, () => {});
    pipeline(target, client, () => {});
  });
}

/** `GET http://host/path`: what clients send a proxy for plain HTTP. */
function forward(incoming: IncomingMessage, response: ServerResponse, options: ProxyOptions): void {
  const url = URL.canParse(incoming.url ?? '') ? new URL(incoming.url ?? '') : undefined;
  const wanted = url?.protocol === 'http:' ? parseAuthority(url.host) : undefined;
  const place = wanted && findPlace(wanted, incoming.socket, options);
  if (!url || !place) return refuseRequest(response, 403, explainRefusal(url?.host ?? incoming.url ?? ''));
  const { 'proxy-connection': _, 'proxy-authorization': __, ...headers } = incoming.headers;
  const outgoing = request(
    {
      ...place,
      method: incoming.method,
      path: url.pathname + url.search,
      headers: { ...headers, host: url.host },
    },
    (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      pipeline(answered, response, () => {});
    },
  );
  outgoing.on('error', (error) => {
    if (response.headersSent) response.destroy();
    else refuseRequest(response, 502, `Cannot connect: ${error.message}.\n`);
  });
  pipeline(incoming, outgoing, () => {});
}

function refuseRequest(response: ServerResponse, status: 403 | 502, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}

function refuse(client: Duplex, target: string): void {
  client.on('error', () => {});
  answer(client, 403, explainRefusal(target));
}

function explainRefusal(target: string): string {
  return `This proxy leads only the cloud's hosts to the local stack, not ${JSON.stringify(target)}. Leave the host out with NO_PROXY, or start vodstack with VODSTACK_PROXY_PASSTHROUGH=always.\n`;
}

function answer(client: Duplex, status: 403 | 502, text: string): void {
  const reason = status === 403 ? 'Forbidden by vodstack' : 'Bad Gateway';
  const length = Buffer.byteLength(text);
  client.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${text}`,
  );
}
