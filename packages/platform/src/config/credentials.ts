import { randomBytes, randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StartupError, systemErrorCode } from '../errors.ts';
import { writeDurably } from '../write-durably.ts';
import type { GivenCredentials } from './config.ts';

/** The account that this installation serves, and the secret that is its own. */
export interface Credentials {
  /** As the cloud's: `AKID` and 32 letters and digits. */
  secretId: string;
  secretKey: string;
  /** As the cloud's: 125 and seven digits. */
  appId: number;
  /** Signs the console's sessions. */
  consoleSecret: string;
}

const credentialsSchema: z.ZodType<Credentials> = z.object({
  secretId: z.string().min(1),
  secretKey: z.string().min(1),
  appId: z.number().int().positive(),
  consoleSecret: z.string().min(32),
});

/**
 * The account of a data folder: read from `credentials.json` (mode 0600) or made and written there, atomically.
 * Given values win for this run; they are written only where the file has none yet.
 *
 * @throws StartupError when the file is damaged: silently making new keys would lock every client out
 */
export async function loadOrCreateCredentials(
  dataFolder: string,
  given: GivenCredentials = {},
): Promise<Credentials> {
  const path = join(dataFolder, 'credentials.json');
  const stored = (await readStored(path)) ?? (await create(path, given));
  return {
    ...stored,
    ...(given.secretId !== undefined && given.secretKey !== undefined
      ? { secretId: given.secretId, secretKey: given.secretKey }
      : {}),
    ...(given.appId === undefined ? {} : { appId: given.appId }),
  };
}

async function readStored(path: string): Promise<Credentials | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
  const parsed = credentialsSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new StartupError(`${path} is damaged: restore it from a backup, or delete it to get new keys.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function create(path: string, given: GivenCredentials): Promise<Credentials> {
  const credentials: Credentials = {
    secretId: given.secretId ?? `AKID${randomAlphanumeric(32)}`,
    secretKey: given.secretKey ?? randomAlphanumeric(32),
    appId: given.appId ?? 1_250_000_000 + randomInt(10_000_000),
    consoleSecret: randomBytes(32).toString('hex'),
  };
  await writeDurably(path, `${JSON.stringify(credentials, null, 2)}\n`);
  return credentials;
}

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function randomAlphanumeric(length: number): string {
  return Array.from({ length }, () => ALPHANUMERIC[randomInt(ALPHANUMERIC.length)]).join('');
}
