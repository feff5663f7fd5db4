import { randomBytes, randomInt } from 'node:crypto';

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function randomText(length: number, alphabet: string): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

export function randomHex(digits: number): string {
  return randomBytes(Math.ceil(digits / 2))
    .toString('hex')
    .slice(0, digits);
}

/** A media's id: 19 decimal digits that start with 5285, always kept as a string (beyond 2^53). */
export function newFileId(): string {
  return `5285${randomText(15, '0123456789')}`;
}

/** `{appid}-procedurev2-{32 hex}t0`, the form that ProcessMedia hands out today. */
export function newTaskId(subAppId: number): string {
  return `${subAppId}-procedurev2-${randomHex(32)}t0`;
}

/** `{appid}-Pull-{32 hex}`. */
export function newPullTaskId(subAppId: number): string {
  return `${subAppId}-Pull-${randomHex(32)}`;
}

/** Every kind of task has its own form, as observed. */
const EDIT_TASK_IDS = {
  EditMedia: ['EditMedia', 't0'],
  ComposeMedia: ['ComposeMedia', 'tt0'],
  DescribeFileAttributesTask: ['DescribeFileAttributes', 't0'],
} as const;

export function newEditTaskId(subAppId: number, kind: keyof typeof EDIT_TASK_IDS): string {
  const [name, end] = EDIT_TASK_IDS[kind];
  return `${subAppId}-${name}-${randomHex(32)}${end}`;
}

export interface TemporaryKey {
  readonly secretId: string;
  readonly secretKey: string;
  readonly token: string;
}

export function newTemporaryKey(): TemporaryKey {
  return {
    secretId: `AKID${randomText(60, ALPHANUMERIC)}`,
    secretKey: randomText(44, ALPHANUMERIC),
    token: randomText(96, ALPHANUMERIC),
  };
}

export function newSessionKey(): string {
  return randomText(64, ALPHANUMERIC);
}

/** A pulled event's receipt: 19 decimal digits, new with every pull. */
export function newEventHandle(): string {
  return `8${randomText(18, '0123456789')}`;
}

/** A key that signs what players present: 20 letters and digits. */
export function newPlayKey(): string {
  return randomText(20, ALPHANUMERIC);
}
