'use strict';
// Loaded before a program (NODE_OPTIONS=--require=…): its connections to the cloud's hosts go to the local stack, as a hosts file
// would have it. Certificates are still checked for the name that the program asked for. Every other connection is left alone.
// Written for any Node from 12 on, in threads as well.
const net = require('net');

const address = process.env.VODSTACK_REDIRECT_ADDRESS || '127.0.0.1';
const ports = {
  443: Number(process.env.VODSTACK_REDIRECT_TLS_PORT),
  80: Number(process.env.VODSTACK_REDIRECT_HTTP_PORT),
};
const domains = (process.env.VODSTACK_REDIRECT_HOSTS || '').split(',').filter(Boolean);
const MARK = Symbol.for('vodstack.redirect');

/** The local port for a port of a cloud's host; undefined for what is none of ours. */
function findPort(host, port) {
  if (typeof host !== 'string') return undefined;
  const name = host.toLowerCase().replace(/\.$/, '');
  const isOurs = domains.some((domain) => name === domain || name.endsWith('.' + domain));
  return isOurs ? ports[Number(port)] || undefined : undefined;
}

function redirectOptions(options) {
  const port = findPort(options.host || options.hostname, options.port);
  return port ? Object.assign({}, options, { host: address, hostname: address, port: port }) : options;
}

/** The forms that connect takes: its own normalised array, options, or port and host. */
function redirectArguments(args) {
  const first = args[0];
  if (Array.isArray(first)) {
    if (first[0] && typeof first[0] === 'object') first[0] = redirectOptions(first[0]);
  } else if (first && typeof first === 'object') {
    args[0] = redirectOptions(first);
  } else {
    const port = findPort(args[1], first);
    if (port) {
      args[0] = port;
      args[1] = address;
    }
  }
  return args;
}

// Every TCP and TLS connection of Node passes through here, whoever opens it: http, https, fetch, tls.connect.
if (!net.Socket.prototype[MARK] && domains.length > 0) {
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function connectLocally(...args) {
    return connect.apply(this, redirectArguments(args));
  };
  Object.defineProperty(net.Socket.prototype, MARK, { value: true });
}
