import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeClip } from './make-clip.ts';

/** A second of 320x180 test picture with a tone, as a real MP4, in a folder of its own. */
export interface Clip {
  readonly path: string;
  readonly folder: string;
  readonly content: Buffer;
  /** Hex. */
  readonly md5: string;
  /** Another file beside it. */
  write(name: string, content: string | Buffer): Promise<string>;
  remove(): Promise<void>;
}

export async function createClip(): Promise<Clip> {
  const folder = await mkdtemp(join(tmpdir(), 'vodstack-clip-'));
  const path = await makeClip(join(folder, 'clip.mp4'), { picture: 'testsrc2=size=320x180:rate=25' });
  const content = await readFile(path);
  return {
    path,
    folder,
    content,
    md5: md5Of(content),
    async write(name, other) {
      await writeFile(join(folder, name), other);
      return join(folder, name);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export function md5Of(content: string | Buffer): string {
  return createHash('md5').update(content).digest('hex');
}
