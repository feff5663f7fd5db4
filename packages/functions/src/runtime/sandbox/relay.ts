import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the stack answers on this machine. */
export interface StackPlace {
  address: string;
  ports: readonly number[];
}

/** What a function without the machine's network may still reach. */
export interface RelayPolicy {
  /** The stack's own ports. */
  stack: StackPlace | undefined;
  /** Whether it may reach every other place as well, through an HTTP proxy. */
  isOpen: boolean;
}

/** The way into and out of one sandbox that has no network of the machine: a socket that only this sandbox sees. */
export interface Relay {
  readonly socketPath: string;
  readonly policy: RelayPolicy;
  /** Resolves with the connection that the sandbox makes for this id. */
  accept(id: number, signal: AbortSignal): Promise<Socket>;
  close(): void;
}

/** What a process is started with for it. */
export const RELAY_SCRIPT: string = fileURLToPath(new URL('relay.cjs', import.meta.url));
/** In the sandbox. */
export const RELAY_SOCKET = '/run/vodstack.sock';
export const RELAY_PROXY_PORT = 9001;

const MAX_CONNECTIONS = 256;
const MAX_LINE_CHARS = 300;
const HANDSHAKE_MS = 5_000;
const CONNECT_MS = 10_000;

export function openRelay(policy: RelayPolicy): Relay {
  // Not in the data folder: the path of a socket may have 107 characters.
  const folder = mkdtempSync(join(tmpdir(), 'vodstack-'));
  const socketPath = join(folder, 'relay');
  const waiting = new Map<number, (socket: Socket) => void>();
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    readLine(socket, (line) => route(line, socket, { policy, waiting }));
  });
  server.maxConnections = MAX_CONNECTIONS;
  // Its folder lets nobody else through; inside the sandbox the function's user connects.
  server.listen({ path: socketPath, readableAll: true, writableAll: true });
  return {
    socketPath,
    policy,
    accept: (id, signal) => waitFor(waiting, id, signal),
    close: () => closeAll(server, { sockets, folder }),
  };
}

function closeAll(server: Server, { sockets, folder }: { sockets: Set<Socket>; folder: string }): void {
  server.close();
  for (const socket of sockets) socket.destroy();
  rmSync(folder, { recursive: true, force: true });
}

function waitFor(
  waiting: Map<number, (socket: Socket) => void>,
  id: number,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      waiting.delete(id);
      reject(new Error('the wait for a connection into the sandbox was given up'));
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    waiting.set(id, (socket) => {
      waiting.delete(id);
      signal.removeEventListener('abort', onAbort);
      resolve(socket);
    });
  });
}

/** The function itself can connect, too, and say anything, or nothing. */
function readLine(socket: Socket, onLine: (line: string) => void): void {
  let text = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), HANDSHAKE_MS);
  const onData = (chunk: Buffer): void => {
    text = Buffer.concat([text, chunk]);
    const end = text.indexOf(0x0a);
    if (end === -1 && text.length < MAX_LINE_CHARS) return;
    clearTimeout(timer);
    socket.off('data', onData);
    socket.pause();
    if (end === -1 || end > MAX_LINE_CHARS) return void socket.destroy();
    const rest = text.subarray(end + 1);
    if (rest.length > 0) socket.unshift(rest);
    onLine(text.toString('latin1', 0, end));
  };
  socket.on('data', onData);
  socket.once('close', () => clearTimeout(timer));
}

function route(
  line: string,
  socket: Socket,
  { policy, waiting }: { policy: RelayPolicy; waiting: Map<number, (socket: Socket) => void> },
): void {
  const [kind = '', target = ''] = line.split(' ');
  const take = kind === 'in' ? waiting.get(Number(target)) : undefined;
  if (take) {
    // It was paused for this line; the server's HTTP client only listens.
    socket.resume();
    return take(socket);
  }
  const place = findPlace(kind, target, policy);
  if (place) carry(socket, connect({ ...place, allowHalfOpen: true }));
  else socket.destroy();
}

function findPlace(
  kind: string,
  target: string,
  { stack, isOpen }: RelayPolicy,
): { host: string; port: number } | undefined {
  if (kind === 'out' && stack?.ports.includes(Number(target)))
    return { host: stack.address, port: Number(target) };
  if (kind !== 'to' || !isOpen || !URL.canParse(`http://${target}`)) return undefined;
  const { hostname, port } = new URL(`http://${target}`);
  return { host: hostname.replace(/^\[|\]$/gu, ''), port: Number(port || 80) };
}

function carry(inside: Socket, outside: Socket): void {
  outside.setTimeout(CONNECT_MS, () => outside.destroy());
  outside.once('connect', () => outside.setTimeout(0));
  for (const [from, to] of [
    [inside, outside],
    [outside, inside],
  ] as const) {
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.once('close', () => to.destroy());
  }
}
