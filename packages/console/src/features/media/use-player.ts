import { useEffect, useRef, useState, type RefObject } from 'react';

import { openFile } from './open-file.ts';
import { openStream } from './open-stream.ts';
import { isStream, type Playback, type Subtitle } from './playback.ts';

export type PlayerState =
  | { status: 'loading' }
  | { status: 'ready'; playback: Playback }
  | { status: 'failed'; reason: string };

export interface Playable {
  readonly url: string;
  readonly subtitles: readonly Subtitle[];
}

/** Plays the URL, and keeps the position when another URL follows. */
export function usePlayer(
  video: RefObject<HTMLVideoElement | null>,
  { url, subtitles }: Playable,
): PlayerState {
  const [state, setState] = useState<PlayerState>({ status: 'loading' });
  const positionSec = useRef(0);
  // One after the other: what ends must have let go of the element before the next one takes it.
  const before = useRef<Promise<unknown>>(Promise.resolve());
  // The list is a new one with every look at the server; only other contents start the player anew.
  const texts = JSON.stringify(subtitles);
  useEffect(() => {
    const element = video.current;
    if (element === null) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    setState({ status: 'loading' });
    const open = isStream(url) ? openStream : openFile;
    const source = { url, subtitles: JSON.parse(texts) as Subtitle[], startSec: positionSec.current };
    const opened = before.current.then(() => open(element, source, signal));
    opened.then(
      (playback) => signal.aborted || setState({ status: 'ready', playback }),
      (error: unknown) => signal.aborted || setState({ status: 'failed', reason: reasonOf(error, element) }),
    );
    return () => {
      positionSec.current = element.currentTime;
      controller.abort();
      before.current = opened.then(
        (playback) => playback.close(),
        () => undefined,
      );
    };
  }, [video, url, texts]);
  return state;
}

function reasonOf(error: unknown, element: HTMLVideoElement): string {
  const own = element.error?.message;
  if (own !== undefined && own !== '') return own;
  if (error instanceof Error) return error.message;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : error;
  return `shaka ${String(code)}`;
}
