import { createCipheriv, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContentKey } from './work.ts';

/**
 * Encrypts the segments of a playlist of fragmented MP4 where they lie. ffmpeg's own way leaves the initialisation section clear but
 * puts it behind the key, where players take it for encrypted (RFC 8216 section 4.3.2.4): here it stands before the key.
 * @returns the playlist
 */
export async function encryptSegments(
  folder: string,
  playlist: string,
  { contentKey, keyUri }: { contentKey: ContentKey; keyUri: string },
): Promise<string> {
  const iv = randomBytes(16);
  const segments = playlist.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  for (const name of segments) {
    const path = join(folder, name);
    const cipher = createCipheriv('aes-128-cbc', contentKey.key, iv);
    await writeFile(path, Buffer.concat([cipher.update(await readFile(path)), cipher.final()]));
  }
  const key = `#EXT-X-KEY:METHOD=AES-128,URI="${keyUri}",IV=0x${iv.toString('hex')}`;
  return playlist.replace(/^#EXT-X-MAP:.*$/m, (map) => `${map}\n${key}`);
}
