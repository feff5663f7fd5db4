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

interface StreamRates {
  readonly peakBps: number;
  readonly averageBps: number;
}

/** What a media playlist's segments really take: the rates that a master playlist tells (RFC 8216 section 4.3.4.2). */
export async function playlistRates(text: string, made: Pick<MadeFolder, 'sizeOf'>): Promise<StreamRates> {
  const segments = text.matchAll(/^#EXTINF:([\d.]+),.*\n(?:#EXT-X-BYTERANGE:(\d+)\S*\n)?([^#\s]+)$/gm);
  let peakBps = 0;
  let bits = 0;
  let seconds = 0;
  for (const [, duration = '', range, name = ''] of segments) {
    const segmentBits = 8 * (range === undefined ? await made.sizeOf(name) : Number(range));
    peakBps = Math.max(peakBps, segmentBits / Math.max(Number(duration), 0.001));
    bits += segmentBits;
    seconds += Number(duration);
  }
  return { peakBps: Math.ceil(peakBps), averageBps: Math.ceil(bits / Math.max(seconds, 0.001)) };
}

/** ffmpeg writes a guess of its own into the master playlist. */
export function withRates(master: string, name: string, { peakBps, averageBps }: StreamRates): string {
  return master
    .split('\n')
    .map((line, i, lines) =>
      lines[i + 1] === name
        ? line.replace(/:BANDWIDTH=\d+/, `:BANDWIDTH=${peakBps},AVERAGE-BANDWIDTH=${averageBps}`)
        : line,
    )
    .join('\n');
}
