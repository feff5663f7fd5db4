'use strict';
/**
 * Runs in front of a function whose sandbox has no network of the machine: starts it, and carries connections through the
 * server's socket, the only way out. Standard library only.
 *
 * argv: JSON {socket, ports, isOpen, proxyPort, isWeb}, then the command.
 * Each connection to the socket begins with one line: `in <id>` is the way to the function's port 9000 that the server asked
 * for, `out <port>` leads to the stack, `to <host>:<port>` to any other place.
 * With isWeb, fd 3 carries JSON lines: in {open: id}; out {type: ready} once the port is listened on, {type: loopback} when it
 * is only on 127.0.0.1.
 */
const { spawn } = require('node:child_process');
const { readFileSync } = require('node:fs');
const http = require('node:http');
const net = require('node:net');

const WEB_PORT = 9000;
const LISTEN = '0A';
const POLL_MS = 10;

const settings = JSON.parse(process.argv[2]);
const command = process.argv.slice(3);

function join(left, right) {
  left.pipe(right);
  right.pipe(left);
  for (const socket of [left, right]) {
    socket.on('error', () => {
      left.destroy();
      right.destroy();
    });
  }
}

const connectOut = (line) => {
  const socket = net.connect({ path: settings.socket, allowHalfOpen: true });
  socket.write(`${line}\n`);
  return socket;
};

function openWay(id) {
  const inside = net.connect({ port: WEB_PORT, host: '127.0.0.1', allowHalfOpen: true });
  join(connectOut(`in ${id}`), inside);
}

function listenForStack(port) {
  const server = net.createServer({ allowHalfOpen: true }, (socket) =>
    join(socket, connectOut(`out ${port}`)),
  );
  // A port that is taken or reserved: then the function does not reach it.
  server.on('error', () => undefined);
  server.listen(port, '127.0.0.1');
}

/** For what obeys HTTP_PROXY and HTTPS_PROXY. */
function listenAsProxy(port) {
  const server = http.createServer((request, response) => {
    const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
    if (!url || url.protocol !== 'http:') {
      response.writeHead(400).end();
      return;
    }
    const onward = http.request({
      method: request.method,
      path: `${url.pathname}${url.search}`,
      headers: request.headers,
      createConnection: () => connectOut(`to ${url.hostname}:${url.port || 80}`),
    });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writableEnded || response.writeHead(502).end());
    request.pipe(onward);
  });
  server.on('connect', (request, socket, head) => {
    const way = connectOut(`to ${request.url}`);
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    way.write(head);
    join(socket, way);
  });
  server.on('error', () => undefined);
  server.listen(port, '127.0.0.1');
}

/** What listens on the port, by the kernel's own list: `any`, `loopback` or nothing yet. */
function findListener() {
  let found;
  for (const [name, any] of [
    ['tcp', /^0{8}$/],
    ['tcp6', /^0{32}$/],
  ]) {
    let lines = [];
    try {
      lines = readFileSync(`/proc/net/${name}`, 'latin1').split('\n').slice(1);
    } catch {
      // No IPv6 on this machine.
    }
    for (const line of lines) {
      const [, local = '', , state] = line.trim().split(/\s+/);
      const [address = '', port] = local.split(':');
      if (state !== LISTEN || Number.parseInt(port, 16) !== WEB_PORT) continue;
      if (any.test(address)) return 'any';
      found = 'loopback';
    }
  }
  return found;
}

function serveWeb() {
  const control = new net.Socket({ fd: 3, readable: true, writable: true });
  const send = (message) => control.write(`${JSON.stringify(message)}\n`);
  let text = '';
  control.setEncoding('utf8');
  control.on('data', (chunk) => {
    const lines = (text + chunk).split('\n');
    text = lines.pop();
    for (const line of lines) openWay(JSON.parse(line).open);
  });
  // The server is gone.
  control.on('close', () => process.exit(1));
  control.on('error', () => process.exit(1));
  let last;
  const timer = setInterval(() => {
    const listener = findListener();
    if (listener === 'any') clearInterval(timer);
    if (listener !== undefined && listener !== last)
      send({ type: listener === 'any' ? 'ready' : 'loopback' });
    last = listener;
  }, POLL_MS);
}

for (const port of settings.ports) listenForStack(port);
if (settings.isOpen) listenAsProxy(settings.proxyPort);
if (settings.isWeb) serveWeb();
const stdio = ['ignore', 'inherit', 'inherit', ...(settings.isWeb ? [] : ['inherit'])];
const child = spawn(command[0], command.slice(1), { stdio });
child.on('error', (error) => {
  process.stderr.write(`${command.at(-1)} cannot be started: ${error.message}\n`);
  process.exit(126);
});
child.on('exit', (code, signal) => process.exit(code ?? 128 + require('node:os').constants.signals[signal]));
