import type { EncodeRun } from '../encode.ts';

/** A stretch of the source, encoded by itself: one fragmented MP4 for each picture, without sound. */
export interface ChunkPart extends EncodeRun {
  readonly startSec: number;
  /** Of each picture's file, in the order of the pictures; null for the last part, which ends where the source does. */
  readonly frames: readonly number[] | null;
}

/** The same files as one run makes, from parts that are encoded side by side and joined without encoding. */
export interface ChunkPlan {
  readonly parts: readonly ChunkPart[];
  /** The sound is never cut: each cut would cost the encoder's priming samples. */
  readonly sound: EncodeRun | null;
  /** Puts joined pictures and sound together; null when nothing but pictures is wanted. */
  readonly join: EncodeRun | null;
  readonly pictures: readonly { readonly fps: number }[];
}

export interface ChunkOptions {
  /** Shorter sources are not cut. */
  readonly minSourceSec: number;
  /** About the length of a part. */
  readonly partSec: number;
  /** Parts that are encoded at once. */
  readonly parallel: number;
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
