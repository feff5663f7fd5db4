import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { CodeStore } from './code-store.ts';

/** Lets code packages be fetched, for a while, by who knows a token. */
export interface CodeDownloads {
  offer(codeKey: string): string;
  /** Undefined when the token is unknown or too old. */
  open(token: string): Promise<Readable | undefined>;
  /** Of the zip file that `open` gives, hex. */
  sha256Of(codeKey: string): Promise<string>;
}

const LIFE_MS = 10 * 60_000;
/** The same files make the same zip. */
const FILE_TIME = new Date(2000, 0, 1);

export function createCodeDownloads(code: CodeStore, clock: () => Date): CodeDownloads {
  const offers = new Map<string, { codeKey: string; endsAt: number }>();
  const forgetOld = (): void => {
    for (const [token, { endsAt }] of offers) if (endsAt < clock().getTime()) offers.delete(token);
  };
  return {
    offer(codeKey) {
      forgetOld();
      const token = randomBytes(24).toString('hex');
      offers.set(token, { codeKey, endsAt: clock().getTime() + LIFE_MS });
      return token;
    },
    async open(token) {
      forgetOld();
      const offer = offers.get(token);
      return offer && (await code.has(offer.codeKey))
        ? await zipFolder(code.folderOf(offer.codeKey))
        : undefined;
    },
    async sha256Of(codeKey) {
      const hash = createHash('sha256');
      for await (const chunk of await zipFolder(code.folderOf(codeKey))) hash.update(chunk as Buffer);
      return hash.digest('hex');
    },
  };
}

async function zipFolder(folder: string): Promise<Readable> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const zip = new ZipFile();
  for (const path of paths.toSorted((a, b) => (a < b ? -1 : 1))) {
    zip.addFile(path, relative(folder, path), { mtime: FILE_TIME, mode: 0o100_755 });
  }
  // A file that cannot be read ends the stream; without a listener it would end the server.
  zip.on('error', (error: Error) => (zip.outputStream as Readable).destroy(error));
  zip.end();
  return zip.outputStream as Readable;
}
