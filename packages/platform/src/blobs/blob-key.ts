import { BadBlobKeyError } from './errors.ts';

const SEGMENT = /^[a-z0-9_-][a-z0-9_.-]*$/;
const MAX_KEY_LENGTH = 512;

/** Refuses what could leave the store's folder or meet its hidden folders. Property: every accepted key stays inside. */
export function assertBlobKey(key: string): void {
  const isGood = key.length <= MAX_KEY_LENGTH && key.split('/').every((segment) => SEGMENT.test(segment));
  if (!isGood) throw new BadBlobKeyError(`Not a blob key: ${JSON.stringify(key.slice(0, MAX_KEY_LENGTH))}`);
}
