import type { EncodeRun } from '../encode.ts';

/** A stretch of the source, encoded by itself: one fragmented MP4 for each picture, without sound. */
export interface ChunkPart extends EncodeRun {
  readonly startSec: number;
  readonly lengthSec: number;
  /** Of each picture's file, in the order of the pictures. */
  readonly frames: readonly number[];
  /** It ends where the source does: a second more or less. */
  readonly isLast: boolean;
}

/** The same files as one run makes, from parts that are encoded side by side and joined without encoding. */
export interface ChunkPlan {
  readonly parts: readonly ChunkPart[];
  /** The sound is never cut: each cut would cost the encoder's priming samples. */
  readonly sound: EncodeRun | null;
  /** Puts joined pictures and sound together; null when nothing but pictures is wanted. */
  readonly join: EncodeRun | null;
  /** Of each result's file, its picture. */
  readonly results: readonly { readonly fileName: string; readonly picture: number }[];
}

export interface ChunkOptions {
  /** About the length of a part; sources of a few parts are not cut. */
  readonly partSec: number;
  /** Of the source: parts begin behind one, so that little is decoded twice. */
  readonly keyframesSec: readonly number[];
}

/** File of one picture of a part, in the part's folder. */
export function partFileName(picture: number): string {
  return `part-${picture}.mp4`;
}

export function pictureFileName(picture: number): string {
  return `picture-${picture}.mp4`;
}

export function soundFileName(sound: number): string {
  return `sound-${sound}.mp4`;
}
