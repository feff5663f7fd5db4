import { readFile } from 'node:fs/promises';
import { errorMessage, StartupError, systemErrorCode, writeDurably } from '@vodstack/platform';
import {
  type Authority,
  createAuthority,
  createKeyPair,
  isAuthorityCurrent,
  type KeyAndCertificate,
  parseAuthority,
  signServerCertificate,
} from './sign-certificate.ts';

/** The local authority: vouches for the cloud's host names towards programs that were told to trust it. */
export interface CertificateAuthority {
  /** Its own certificate, PEM. */
  readonly certificate: string;
  /** A key and a fresh certificate for these names. */
  issue(names: readonly string[]): KeyAndCertificate;
}

/** One that ends sooner is replaced at a start. */
const RENEW_BEFORE_DAYS = 60;

/**
 * The authority of a data folder: read, or made and written there when there is none or it is about to expire.
 * @throws StartupError when its files are damaged: a new one in silence would be trusted by nobody
 */
export async function openCertificateAuthority(
  paths: { readonly authority: string; readonly authorityKey: string },
  clock: () => Date,
): Promise<CertificateAuthority> {
  let stored = await readStored(paths);
  if (!stored || !isAuthorityCurrent(toAuthority(stored, paths), clock(), RENEW_BEFORE_DAYS)) {
    stored = await createAuthority(clock());
    await writeDurably(paths.authorityKey, stored.key);
    await writeDurably(paths.authority, stored.cert, 0o644);
  }
  const authority = toAuthority(stored, paths);
  // One key for all hosts of this run: they are all the same server.
  const { privateKey, publicKey } = await createKeyPair();
  return {
    certificate: stored.cert,
    issue: (names) => ({
      key: privateKey,
      cert: signServerCertificate(authority, names, { publicKeyPem: publicKey, now: clock() }),
    }),
  };
}

async function readStored(paths: {
  readonly authority: string;
  readonly authorityKey: string;
}): Promise<KeyAndCertificate | undefined> {
  const [key, cert] = await Promise.all([readIfThere(paths.authorityKey), readIfThere(paths.authority)]);
  return key === undefined || cert === undefined ? undefined : { key, cert };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function toAuthority(stored: KeyAndCertificate, paths: { readonly authority: string }): Authority {
  try {
    return parseAuthority(stored);
  } catch (error) {
    throw new StartupError(
      `The certificate authority ${paths.authority} or its key is damaged (${errorMessage(error)}): restore both files from a backup, or delete them to get new ones.`,
      { cause: error },
    );
  }
}
