import { randomInt } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

export const createFunctionId = (): string => `lam-${randomText(8)}`;
/** The part of a function URL that names it: 10 lower-case letters and digits. */
export const createUrlId = (): string => randomText(10);
