import { createHmac } from 'node:crypto';
import { isSameSecret } from '@vodstack/protocol';

/** `{expiry, hexadecimal}-{MAC}`: no dot, so that it can be part of a file's name. */
const TOKEN = /^([0-9a-f]{1,10})-([0-9a-f]{64})$/;
const NAME = /^(.*\/)?voddrm\.token\.([^./]+)\.([^/]+)$/;

/** Opens the decryption keys of one media until a time. */
export function createDrmToken(secret: string, fileId: string, expireTimeSec: number): string {
  const expiry = Math.floor(expireTimeSec).toString(16);
  return `${expiry}-${computeMac(secret, fileId, expiry)}`;
}

export function isDrmToken(
  token: string,
  { secret, fileId, nowSec }: { secret: string; fileId: string; nowSec: number },
): boolean {
  const [, expiry = '', mac = ''] = TOKEN.exec(token) ?? [];
  return isSameSecret(computeMac(secret, fileId, expiry), mac) && nowSec <= Number.parseInt(expiry, 16);
}

function computeMac(secret: string, fileId: string, expiry: string): string {
  return createHmac('sha256', secret).update(`drm\n${fileId}\n${expiry}`).digest('hex');
}

/** Puts a token into a file's path, as players send it: `a/v.m3u8` → `a/voddrm.token.{token}.v.m3u8`. */
export function addDrmToken(path: string, token: string): string {
  const slash = path.lastIndexOf('/') + 1;
  return `${path.slice(0, slash)}voddrm.token.${token}.${path.slice(slash)}`;
}

/** Takes it out again. */
export function splitDrmToken(path: string): { name: string; token?: string } {
  const [, folder = '', token, name = ''] = NAME.exec(path) ?? [];
  return token === undefined ? { name: path } : { name: folder + name, token };
}
