import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

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

export async function makeClip(): Promise<Clip> {
  const folder = await mkdtemp(join(tmpdir(), 'vodstack-clip-'));
  const path = join(folder, 'clip.mp4');
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=25:d=1'];
  const tone = ['-f', 'lavfi', '-i', 'sine=f=440:r=48000:d=1'];
  const codecs = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'aac',
    '-b:a',
    '64k',
  ];
  await run('ffmpeg', ['-v', 'error', ...picture, ...tone, ...codecs, path]);
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
