import type { Cue } from './vtt.ts';

/** Subtitles that players offer beside the picture. */
export interface SubtitleTrack {
  readonly id: string;
  readonly name: string;
  /** RFC 5646. */
  readonly language: string;
  readonly cues: readonly Cue[];
}
