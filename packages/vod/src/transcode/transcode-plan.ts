import type { ErrCodeExt, PixelSize } from '@vodstack/protocol';
import type { ChunkPlan } from './chunks/chunk-plan.ts';

/** One file that the run will make and that is a result by itself. */
export interface PlannedOutput {
  readonly definition: number;
  /** Fixed by us, e.g. `v.f100010.mp4`; relative to the scratch folder. */
  readonly fileName: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly hasAudio: boolean;
}

/** One rendition that cannot be made, with the documented code and a sentence for the user. */
export interface FailedOutput {
  readonly definition: number;
  readonly errCodeExt: ErrCodeExt;
  readonly message: string;
}

/** One encoded moving picture of the run, and the file that holds it. */
export interface PlannedPicture extends PixelSize {
  readonly fileName: string;
  readonly fps: number;
  /** Seconds from one keyframe to the next, the first at zero. */
  readonly gopSec: number;
}

/** The files in which a demand's streams are, in its own order. */
export interface DemandedFiles {
  readonly pictures: readonly string[];
  readonly sounds: readonly string[];
}

/** Pure data: everything one ffmpeg run needs besides its input. */
export interface TranscodePlan {
  /** What stands after `-i SOURCE`. */
  readonly ffmpegArgs: readonly string[];
  /** The same in parts, for a long source; the one run stands by in case they do not fit together. */
  readonly chunks?: ChunkPlan | undefined;
  readonly outputs: readonly PlannedOutput[];
  readonly rejected: readonly FailedOutput[];
  readonly pictures: readonly PlannedPicture[];
  /** One for each demand. */
  readonly demanded: readonly DemandedFiles[];
  /** The source's durations: what each output must reach. */
  readonly expected: ExpectedDuration;
  /** No output can honestly become larger than this. */
  readonly maxOutputBytes: number;
}

export interface ExpectedDuration {
  /** Of the whole file. */
  readonly fileSec: number;
  /** Of the picture, from the start of the file; null when the container tells only the duration of the whole. */
  readonly videoSec: number | null;
}
