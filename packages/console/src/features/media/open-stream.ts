import { toTracks } from './to-tracks.ts';
import type { Playback, PlaybackSource, Quality } from './playback.ts';

/** Plays an adaptive stream with the player library, which is loaded when it is first needed. */
export async function openStream(
  element: HTMLVideoElement,
  { url, subtitles, startSec }: PlaybackSource,
  signal: AbortSignal,
): Promise<Playback> {
  const { default: shaka } = await import('shaka-player/dist/shaka-player.compiled-es2021.js');
  signal.throwIfAborted();
  const player = new shaka.Player();
  // Once: a second one would not wait for the first, and the element would lose what plays next.
  let destroyed: Promise<unknown> | undefined;
  const close = (): Promise<unknown> => (destroyed ??= player.destroy());
  signal.addEventListener('abort', () => void close(), { once: true });
  try {
    await player.attach(element);
    const type = /\.mpd(\?|$)/i.test(url) ? 'application/dash+xml' : 'application/x-mpegurl';
    await player.load(url, startSec === 0 ? null : startSec, type);
  } catch (error) {
    await close();
    throw error;
  }
  // The library's own text tracks need a data: URL, which the page forbids.
  element.replaceChildren(...toTracks(subtitles));
  return {
    qualities: qualitiesOf(player.getVariantTracks()),
    choose(id) {
      player.configure('abr.enabled', id === null);
      const track = player.getVariantTracks().find((variant) => variant.id === id);
      if (track !== undefined) player.selectVariantTrack(track, true);
    },
    close: async () => {
      element.replaceChildren();
      await close();
    },
  };
}

interface Track {
  readonly id: number;
  readonly height: number | null;
  readonly bandwidth: number;
}

/** One per height, the highest first. */
function qualitiesOf(tracks: readonly Track[]): Quality[] {
  const qualities = new Map<number, Quality>();
  for (const { id, height, bandwidth } of tracks)
    if (height !== null) qualities.set(height, { id, height, bandwidth });
  return [...qualities.values()].toSorted((a, b) => b.height - a.height);
}
