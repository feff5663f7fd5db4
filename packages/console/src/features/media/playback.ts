export interface Subtitle {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly url: string;
}

/** One of the pictures that a stream is made of. */
export interface Quality {
  readonly id: number;
  readonly height: number;
  readonly bandwidth: number;
}

/** What plays at the moment. */
export interface Playback {
  /** Of a stream, the highest first; empty for a single file. */
  readonly qualities: readonly Quality[];
  /** Holds on to one of them; null leaves it to the line. */
  choose(id: number | null): void;
  /** Ends it and frees the element. */
  close(): Promise<unknown>;
}

export interface PlaybackSource {
  readonly url: string;
  readonly subtitles: readonly Subtitle[];
  readonly startSec: number;
}

export function isStream(url: string): boolean {
  return /\.(m3u8|mpd)(\?|$)/i.test(url);
}
