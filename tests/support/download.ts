import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

export interface Downloaded {
  readonly bytes: Buffer;
  /** Hex. */
  readonly md5: string;
  /** Writes the bytes to a file, for ffprobe. */
  saveTo(path: string): Promise<string>;
}

/** Gets a whole file. @throws Error when the answer is not 200, or shorter than announced */
export async function download(url: string): Promise<Downloaded> {
  const response = await fetch(url);
  const bytes = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200)
    throw new Error(`${url}: ${response.status} ${bytes.toString().slice(0, 200)}`);
  const md5 = createHash('md5').update(bytes).digest('hex');
  return {
    bytes,
    md5,
    async saveTo(path) {
      await writeFile(path, bytes);
      return path;
    },
  };
}
