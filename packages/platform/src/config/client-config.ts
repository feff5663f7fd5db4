import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { StartupError, systemErrorCode } from '../errors.ts';

/** What a command that talks to a running server needs to know. */
export interface ClientConfig {
  /** Scheme, host and port, without a slash at the end. */
  readonly endpoint: string;
  readonly secretId: string;
  readonly secretKey: string;
}

export interface ClientOptions {
  readonly endpoint?: string | undefined;
  readonly dataFolder?: string | undefined;
}

/** Where the command line looks for a server that nobody named. */
export const DEFAULT_ENDPOINT = 'http://127.0.0.1:8080';
const keySchema = z.object({ secretId: z.string().min(1), secretKey: z.string().min(1) });

/**
 * The server's address (`--endpoint`, VODSTACK_ENDPOINT) and the key (SECRET_ID and SECRET_KEY, or the data folder's).
 * @throws StartupError that says which of them is missing and where it is looked for
 */
export function loadClientConfig(
  env: Readonly<Record<string, string | undefined>>,
  options: ClientOptions,
): ClientConfig {
  const endpoint = options.endpoint || env['VODSTACK_ENDPOINT'] || DEFAULT_ENDPOINT;
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new StartupError(
      `The endpoint must be an http(s) URL such as ${DEFAULT_ENDPOINT}, got ${JSON.stringify(endpoint)}.`,
    );
  }
  return {
    endpoint: url.origin,
    ...findKey(env, resolve(options.dataFolder || env['VODSTACK_DATA'] || './data')),
  };
}

function findKey(
  env: Readonly<Record<string, string | undefined>>,
  dataFolder: string,
): { secretId: string; secretKey: string } {
  const [secretId, secretKey] = [env['SECRET_ID'], env['SECRET_KEY']];
  if (secretId && secretKey) return { secretId, secretKey };
  const path = join(dataFolder, 'credentials.json');
  const stored = keySchema.safeParse(readJson(path));
  if (stored.success) return stored.data;
  throw new StartupError(
    `No key was found: set SECRET_ID and SECRET_KEY, or name the server's data folder with --data (looked for ${path}).`,
  );
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (systemErrorCode(error) !== undefined || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
