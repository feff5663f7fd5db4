import { toTracks } from './to-tracks.ts';
import type { Playback, PlaybackSource } from './playback.ts';

/** Plays a single file: the browser itself knows best whether it can. @throws Error with the browser's reason */
export async function openFile(
  element: HTMLVideoElement,
  { url, subtitles, startSec }: PlaybackSource,
  signal: AbortSignal,
): Promise<Playback> {
  const close = async (): Promise<void> => {
    element.replaceChildren();
    element.removeAttribute('src');
    element.load();
  };
  signal.throwIfAborted();
  element.replaceChildren(...toTracks(subtitles));
  element.src = url;
  try {
    await new Promise<void>((resolve, reject) => {
      element.addEventListener('loadedmetadata', () => resolve(), { once: true, signal });
      const fail = (): void => reject(new Error(element.error?.message ?? ''));
      element.addEventListener('error', fail, { once: true, signal });
      signal.addEventListener('abort', fail, { once: true });
    });
  } catch (error) {
    // What the browser says of the file must stay readable.
    if (signal.aborted) await close();
    throw error;
  }
  if (startSec > 0) element.currentTime = startSec;
  return { qualities: [], choose: () => undefined, close };
}
