import { ApiError } from '@vodstack/protocol';

/** Work that this server cannot do is refused at once: a caller must not wait for what never comes. */
export function assertSupported(fields: object, prefix = ''): void {
  const asked = Object.entries(fields).find(([, value]) => isAskingForWork(value));
  if (!asked) return;
  throw new ApiError(
    'UnsupportedOperation',
    `The parameter \`${prefix}${asked[0]}\` asks for work that this server does not support.`,
  );
}

/** Zeroes, empty texts and empty lists are how clients and the cloud's samples write "nothing of this". */
export function isAskingForWork(value: unknown): boolean {
  if (value === null || value === undefined || value === 0 || value === '' || value === 'OFF') return false;
  return typeof value === 'object' ? Object.values(value).some(isAskingForWork) : true;
}
