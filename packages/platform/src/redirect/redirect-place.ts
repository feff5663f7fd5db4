import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { StartupError, systemErrorCode } from '../errors.ts';
import { writeDurably } from '../write-durably.ts';
import { redirectPaths } from './redirect-paths.ts';

/** Where the stack listens for programs that mean the cloud. */
export interface RedirectPlace {
  /** An address that this machine reaches it at, such as 127.0.0.1. */
  readonly address: string;
  readonly httpPort: number;
  readonly tlsPort: number;
  readonly proxyPort: number;
}

const port = z.number().int().min(1).max(65_535);
const placeSchema: z.ZodType<RedirectPlace> = z.object({
  address: z.string().min(1),
  httpPort: port,
  tlsPort: port,
  proxyPort: port,
});

export async function writeRedirectPlace(dataFolder: string, place: RedirectPlace): Promise<void> {
  await writeDurably(redirectPaths(dataFolder).place, `${JSON.stringify(place, null, 2)}\n`, 0o644);
}

/** @throws StartupError when no server has run on the data folder yet */
export async function readRedirectPlace(dataFolder: string): Promise<RedirectPlace> {
  const path = redirectPaths(dataFolder).place;
  const parsed = placeSchema.safeParse(await readJson(path));
  if (parsed.success) return parsed.data;
  throw new StartupError(
    `No server has run on the data folder ${dataFolder} yet (expected ${path}): start one with "vodstack up", or name its folder with --data or VODSTACK_DATA.`,
  );
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (systemErrorCode(error) !== undefined || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
