import { createHmac } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { isSameSecret } from '@vodstack/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';

const COOKIE = 'vodstack_session';
const LIFETIME_SEC = 7 * 24 * 3600;
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

export interface SessionOptions {
  readonly secretId: string;
  readonly secretKey: string;
  /** Signs the session cookies. */
  readonly consoleSecret: string;
  readonly clock: () => Date;
}

export interface ConsoleSessions {
  isAuthenticated(request: FastifyRequest): boolean;
  /** Sets the cookie when the key is right; false when it is not. */
  signIn(reply: FastifyReply, key: { secretId: string; secretKey: string }): boolean;
  signOut(reply: FastifyReply): void;
}

/**
 * Who may use the console: whoever sits at the machine itself (loopback address and loopback host name, so that a page of
 * another site cannot get in by DNS rebinding), and whoever signed in with the account's key.
 */
export function createSessions(options: SessionOptions): ConsoleSessions {
  const sign = (expiresAt: string): string =>
    createHmac('sha256', options.consoleSecret)
      .update(`${options.secretId}\n${expiresAt}`)
      .digest('base64url');

  function hasValidCookie(request: FastifyRequest): boolean {
    const [expiresAt = '', signature = ''] = (readCookie(request) ?? '').split('.');
    const isCurrent = Number(expiresAt) * 1000 > options.clock().getTime();
    return isCurrent && isSameSecret(signature, sign(expiresAt));
  }

  return {
    isAuthenticated: (request) => isLocal(request) || hasValidCookie(request),
    signIn(reply, key) {
      const isRight =
        isSameSecret(key.secretId, options.secretId) && isSameSecret(key.secretKey, options.secretKey);
      if (!isRight) return false;
      const expiresAt = String(Math.floor(options.clock().getTime() / 1000) + LIFETIME_SEC);
      setCookie(reply, `${expiresAt}.${sign(expiresAt)}`, LIFETIME_SEC);
      return true;
    },
    signOut: (reply) => setCookie(reply, '', 0),
  };
}

/** Behind a proxy the address is the proxy's: then the host name is the public one, and a sign-in is needed. */
function isLocal(request: FastifyRequest): boolean {
  return (
    isLoopback(request.socket.remoteAddress ?? '') &&
    isLoopbackName(request.hostname) &&
    !request.headers['x-forwarded-for']
  );
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  const family = isIP(plain);
  return family !== 0 && LOOPBACK.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}

function isLoopbackName(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || isLoopback(name);
}

function readCookie(request: FastifyRequest): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}

function setCookie(reply: FastifyReply, value: string, maxAgeSec: number): void {
  const secure = reply.request.protocol === 'https' ? '; Secure' : '';
  reply.header(
    'set-cookie',
    `${COOKIE}=${value}; Path=/console/; Max-Age=${maxAgeSec}; HttpOnly; SameSite=Strict${secure}`,
  );
}
