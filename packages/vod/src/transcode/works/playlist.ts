import type { MadeFolder } from './work.ts';

/** Seconds of a media playlist: the sum of its segments (RFC 8216 section 4.3.2.1). */
export function playlistSec(text: string): number {
  return [...text.matchAll(/^#EXTINF:([\d.]+)/gm)].reduce((sum, [, sec = '0']) => sum + Number(sec), 0);
}

/** The files of a media playlist: its initialisation section, if it has one, and its segments. */
export function playlistFiles(text: string): string[] {
  const init = [...text.matchAll(/^#EXT-X-MAP:URI="([^"]+)"/gm)].map(([, uri = '']) => uri);
  const segments = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  return [...new Set([...init, ...segments])];
}

export async function sumSizes(made: MadeFolder, names: readonly string[]): Promise<number> {
  const sizes = await Promise.all(names.map((name) => made.sizeOf(name)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
