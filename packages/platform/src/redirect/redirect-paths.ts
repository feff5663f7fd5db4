import { join } from 'node:path';

/** Where a data folder keeps what leads unmodified programs to the local stack. */
export interface RedirectPaths {
  /** The local certificate authority's certificate. */
  readonly authority: string;
  /** Its private key, mode 0600. */
  readonly authorityKey: string;
  /** The public authorities and ours: for programs that take a bundle in place of their own. */
  readonly bundle: string;
  /** For Node's `--require`. */
  readonly preload: string;
  /** For PYTHONPATH: a folder with a `sitecustomize.py`. */
  readonly pythonFolder: string;
  /** Where the server of this data folder listens, or listened last. */
  readonly place: string;
}

export function redirectPaths(dataFolder: string): RedirectPaths {
  return {
    authority: join(dataFolder, 'tls', 'ca.pem'),
    authorityKey: join(dataFolder, 'tls', 'ca-key.pem'),
    bundle: join(dataFolder, 'tls', 'ca-bundle.pem'),
    preload: join(dataFolder, 'redirect', 'preload.cjs'),
    pythonFolder: join(dataFolder, 'redirect', 'python'),
    place: join(dataFolder, 'redirect', 'addresses.json'),
  };
}
