import { useEffect, useRef, useState, type RefObject } from 'react';

export type PlayerState = { status: 'loading' } | { status: 'ready' } | { status: 'failed'; reason: string };

/** Loads the player library when first needed, plays the URL, and keeps the position when another URL follows. */
export function usePlayer(video: RefObject<HTMLVideoElement | null>, url: string): PlayerState {
  const [state, setState] = useState<PlayerState>({ status: 'loading' });
  const positionSec = useRef(0);
  useEffect(() => {
    const element = video.current;
    if (element === null) return undefined;
    let stopped = false;
    setState({ status: 'loading' });
    const playback = openPlayer(element, url, positionSec.current);
    playback.then(
      () => stopped || setState({ status: 'ready' }),
      (error: unknown) => stopped || setState({ status: 'failed', reason: reasonOf(error, element) }),
    );
    return () => {
      stopped = true;
      positionSec.current = element.currentTime;
      void playback.then(
        (close) => close(),
        () => undefined,
      );
    };
  }, [video, url]);
  return state;
}

/** @returns what ends the playback and frees the element. */
async function openPlayer(
  element: HTMLVideoElement,
  url: string,
  startSec: number,
): Promise<() => Promise<unknown>> {
  const { default: shaka } = await import('shaka-player/dist/shaka-player.compiled-es2021.js');
  const player = new shaka.Player();
  try {
    await player.attach(element);
    await player.load(url, startSec === 0 ? null : startSec, mimeTypeOf(url));
  } catch (error) {
    await player.destroy();
    throw error;
  }
  return () => player.destroy();
}

/** Playlists go through the library; of anything else the browser itself knows best whether it can play it. */
function mimeTypeOf(url: string): string {
  const path = url.split('?')[0]?.toLowerCase() ?? '';
  if (path.endsWith('.m3u8')) return 'application/x-mpegurl';
  return path.endsWith('.mpd') ? 'application/dash+xml' : 'video/mp4';
}

function reasonOf(error: unknown, element: HTMLVideoElement): string {
  const own = element.error?.message;
  if (own !== undefined && own !== '') return own;
  if (error instanceof Error) return error.message;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : error;
  return `shaka ${String(code)}`;
}
