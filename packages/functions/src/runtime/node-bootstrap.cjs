'use strict';
// Runs one function inside its own process: loads the handler, serves one request at a time. Plain JavaScript and
// self-contained, because it is started by path in an environment that knows nothing of the server.
//
// Channel on fd 3, both ways: uint32 header length, uint32 body length, JSON header, body.
//   in:  init {file, exportName, extensions, marker, environment?, context, timeLimitMs, maxBytes} · invoke {requestId} + event
//   out: ready · load-failed · handler-missing · response {kind} + text · done {fatal} (+ stack)
// stdout and stderr carry the function's log and, at the end of each request, the marker.

const { Console } = require('node:console');
const { existsSync } = require('node:fs');
const net = require('node:net');
const paths = require('node:path');
const { pathToFileURL } = require('node:url');
const { inspect } = require('node:util');

const PREFIX_BYTES = 8;
const MAX_STACK_CHARS = 16_384;
const ALLOCATION_FAILED = /^(?:Array buffer allocation failed|Failed to allocate memory)$/;
const EMPTY = Buffer.alloc(0);

// Taken before user code can replace them.
const writeOut = process.stdout.write.bind(process.stdout);
const writeErr = process.stderr.write.bind(process.stderr);

// As stack traces have it: links resolved.
const codeRoot = process.cwd();
const control = new net.Socket({ fd: 3, readable: true, writable: true });
let settings;
let handler;
let handlerOwner;
/** The request in progress: {requestId, hasResponded, returnedPromise, waitsForLoop, startedAt}. */
let current;
let lastRequestId = '';

// ---- channel

function send(header, text) {
  const head = Buffer.from(JSON.stringify(header));
  const body = text === undefined ? EMPTY : Buffer.from(text);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(head.length, 0);
  prefix.writeUInt32BE(body.length, 4);
  control.write(Buffer.concat([prefix, head, body]));
}

function createDecoder(onFrame) {
  let chunks = [];
  let size = 0;
  let needed = PREFIX_BYTES;
  return (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    while (size >= needed) {
      const joined = Buffer.concat(chunks, size);
      chunks = [joined];
      const bodyStart = PREFIX_BYTES + joined.readUInt32BE(0);
      const end = bodyStart + joined.readUInt32BE(4);
      if (size < end) {
        needed = end;
        break;
      }
      chunks = [joined.subarray(end)];
      size -= end;
      needed = PREFIX_BYTES;
      onFrame(JSON.parse(joined.toString('utf8', PREFIX_BYTES, bodyStart)), joined.subarray(bodyStart, end));
    }
  };
}

/** The server is gone: take everything along that this function started. */
function onChannelClosed() {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.exit(1);
  }
}

// ---- errors

/** `Error: message\nat frame…` as the cloud shows it: frames without indentation, the code at /var/user, none of ours. */
function toStack(error) {
  let text;
  try {
    text = error instanceof Error ? String(error.stack ?? error) : inspect(error);
  } catch {
    text = 'an error that cannot be shown';
  }
  const lines = text.split('\n');
  const firstOwn = lines.findIndex((line) => isFrame(line) && line.includes(__filename));
  const own = firstOwn === -1 ? lines : lines.slice(0, firstOwn);
  const shown = own.filter((line) => !(isFrame(line) && line.includes('node:internal')));
  const trimmed = shown.map((line) => (isFrame(line) ? line.trimStart() : line)).join('\n');
  return trimmed.replaceAll(codeRoot, '/var/user').slice(0, MAX_STACK_CHARS);
}

const isFrame = (line) => /^\s+at /.test(line);

/** A user's own handler decides; without one, the request fails and the process is replaced. */
function onUncaught(eventName, error) {
  if (process.listenerCount(eventName) > 1) return;
  const call = current;
  if (call) {
    const stack = toStack(error);
    if (respond(call, 'threw', stack)) finish(call, true);
    else finish(call, true, stack);
  } else if (handler) {
    writeErr(`${toStack(error)}\n`);
    process.exit(1);
  } else {
    send({ type: 'load-failed' }, toStack(error));
  }
}

// ---- console

/** One write per console call, whole message with its line end. */
function prefixed(write) {
  return {
    write: (text) => write(`${new Date().toISOString()}\t${current?.requestId ?? lastRequestId}\t${text}`),
  };
}

function replaceConsole() {
  const own = new Console({ stdout: prefixed(writeOut), stderr: prefixed(writeErr), ignoreErrors: false });
  for (const key of Object.keys(own)) {
    if (typeof own[key] === 'function') console[key] = own[key];
  }
}

// ---- requests

/** Answers once; true when this call was the one that answered. */
function respond(call, kind, text) {
  if (call !== current || call.hasResponded) return false;
  call.hasResponded = true;
  send({ type: 'response', kind }, text);
  return true;
}

function finish(call, fatal, stack) {
  if (call !== current) return;
  lastRequestId = call.requestId;
  current = undefined;
  control.ref();
  writeOut(`${settings.marker}\n`);
  writeErr(`${settings.marker}\n`);
  send({ type: 'done', fatal }, stack);
}

function respondAndMaybeFinish(call, kind, text) {
  if (respond(call, kind, text) && !call.waitsForLoop) finish(call, false);
}

function succeed(call, value) {
  let text;
  try {
    text = JSON.stringify(value) ?? 'null';
  } catch (error) {
    fail(call, error);
    return;
  }
  const isTooLarge = Buffer.byteLength(text) > settings.maxBytes;
  respondAndMaybeFinish(call, isTooLarge ? 'response-too-large' : 'returned', isTooLarge ? '' : text);
}

function fail(call, error) {
  const isFull = error instanceof RangeError && ALLOCATION_FAILED.test(error.message);
  if (isFull) respondAndMaybeFinish(call, 'out-of-memory', '');
  else respondAndMaybeFinish(call, 'threw', toStack(error));
}

function settleCallback(call, error, value) {
  if (error === undefined || error === null) succeed(call, value);
  else if (error instanceof Error) fail(call, error);
  else respondAndMaybeFinish(call, 'threw', `${String(error)}(callback err is not instance of Error)`);
}

function createContext(call) {
  const context = { ...settings.context, request_id: call.requestId };
  Object.defineProperty(context, 'callbackWaitsForEmptyEventLoop', {
    enumerable: true,
    get: () => call.waitsForLoop,
    set: (value) => {
      call.waitsForLoop = Boolean(value);
    },
  });
  context.getRemainingTimeInMillis = () =>
    Math.max(0, Math.floor(settings.timeLimitMs - (performance.now() - call.startedAt)));
  // Hidden, so that a printed context looks like the documented one.
  const hidden = {
    succeed: (value) => succeed(call, value),
    fail: (error) => settleCallback(call, error ?? new Error('failed'), undefined),
    done: (error, value) => settleCallback(call, error, value),
  };
  for (const [name, value] of Object.entries(hidden)) Object.defineProperty(context, name, { value });
  return context;
}

function serve(requestId, body) {
  const call = {
    requestId,
    hasResponded: false,
    returnedPromise: false,
    waitsForLoop: true,
    startedAt: performance.now(),
  };
  current = call;
  let event;
  try {
    event = JSON.parse(body.toString('utf8'));
  } catch {
    respond(call, 'bad-event', '');
    finish(call, false);
    return;
  }
  // From here on only the function keeps the event loop alive: when it has nothing left to do, beforeExit says so.
  control.unref();
  callHandler(call, event);
}

function callHandler(call, event) {
  try {
    const callback = (error, value) => settleCallback(call, error, value);
    const result = Reflect.apply(handler, handlerOwner, [event, createContext(call), callback]);
    if (typeof result?.then === 'function') {
      call.returnedPromise = true;
      result.then(
        (value) => succeed(call, value),
        (error) => fail(call, error),
      );
    } else if (result !== undefined) {
      succeed(call, result);
    }
  } catch (error) {
    fail(call, error);
  }
}

function onEventLoopEmpty() {
  const call = current;
  if (!call) return;
  if (call.returnedPromise) {
    const message = 'the promise of the handler was never settled, and nothing is left that could settle it';
    respond(call, 'threw', `Error: ${message}`);
  }
  respond(call, 'returned', 'null');
  finish(call, false);
}

// ---- start

async function load() {
  const startedAt = performance.now();
  const { file, exportName, extensions } = settings;
  const path = extensions
    .map((extension) => paths.join(codeRoot, file + extension))
    .find((each) => existsSync(each));
  if (path === undefined) {
    send({ type: 'handler-missing' }, `HandlerNotFound: no file '${file}' in the code package`);
    return;
  }
  const loaded = await import(pathToFileURL(path).href);
  // module.exports of a CommonJS file is the default export; named ones are only what static analysis saw.
  const owners = [loaded.default, loaded];
  handlerOwner = owners.find((owner) => typeof owner?.[exportName] === 'function');
  handler = handlerOwner?.[exportName];
  if (handler) send({ type: 'ready', functionMs: performance.now() - startedAt });
  else send({ type: 'handler-missing' }, `HandlerNotFound: module '${file}' has no function '${exportName}'`);
}

function onMessage(header, body) {
  if (header.type === 'invoke') {
    serve(header.requestId, body);
    return;
  }
  settings = header;
  // A process that was started ahead learns only now whose it is.
  Object.assign(process.env, settings.environment);
  load().catch((error) => send({ type: 'load-failed' }, toStack(error)));
}

process.on('uncaughtException', (error) => onUncaught('uncaughtException', error));
process.on('unhandledRejection', (reason) => onUncaught('unhandledRejection', reason));
process.on('beforeExit', onEventLoopEmpty);
replaceConsole();
control.on('data', createDecoder(onMessage));
control.on('error', onChannelClosed);
control.on('close', onChannelClosed);
control.on('end', onChannelClosed);
