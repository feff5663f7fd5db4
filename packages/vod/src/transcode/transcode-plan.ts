import type { ErrCodeExt } from '@vodstack/protocol';

/** One file that the run will make. */
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

/** Pure data: everything one ffmpeg run needs besides its input. */
export interface TranscodePlan {
  /** What stands after `-i SOURCE`. */
  readonly ffmpegArgs: readonly string[];
  readonly outputs: readonly PlannedOutput[];
  readonly rejected: readonly FailedOutput[];
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
