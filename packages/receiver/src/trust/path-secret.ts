import { isSameSecret } from '@vodstack/protocol';

/** An address only its owner and the cloud know: `https://host/callback/<secret>`. Shorter ones could be guessed. */
const MIN_LENGTH = 16;

/** Throws TypeError for secrets that are too short or would not survive in a path. */
export function readPathSecrets(secret: string | readonly string[] | undefined): readonly string[] {
  const secrets = secret === undefined ? [] : [secret].flat();
  if (secrets.every((each) => each.length >= MIN_LENGTH && /^[\w.~-]+$/.test(each))) return secrets;
  throw new TypeError(
    `pathSecret: expected at least ${MIN_LENGTH} letters, digits, "-", "_", "." or "~", got fewer or others; make one with: openssl rand -hex 16`,
  );
}

/** Whether the last part of the path is one of the secrets. Takes equally long wherever they differ. */
export function hasPathSecret(path: string | undefined, secrets: readonly string[]): boolean {
  const last = (path ?? '').replace(/\/+$/, '').split('/').at(-1) ?? '';
  // Every one is compared, so that the time tells nothing of which it was.
  return secrets.map((secret) => isSameSecret(secret, last)).includes(true);
}
