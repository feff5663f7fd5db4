import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { redirectPaths, writeDurably } from '@vodstack/platform';

const SOURCE_FOLDER = fileURLToPath(new URL('../../redirect', import.meta.url));

/** Writes what unmodified programs are started with: the bundle of authorities, and what runs before them. */
export async function writeRedirectFiles(dataFolder: string, certificate: string): Promise<void> {
  const paths = redirectPaths(dataFolder);
  const preload = await readFile(join(SOURCE_FOLDER, 'preload.cjs'), 'utf8');
  const customize = await readFile(join(SOURCE_FOLDER, 'python', 'sitecustomize.py'), 'utf8');
  await Promise.all([
    writeDurably(paths.bundle, `${[...rootCertificates, certificate.trimEnd()].join('\n')}\n`, 0o644),
    writeDurably(paths.preload, preload, 0o644),
    writeDurably(join(paths.pythonFolder, 'sitecustomize.py'), customize, 0o644),
  ]);
}
