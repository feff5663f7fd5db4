import type { PixelSize } from '@vodstack/protocol';

export interface VideoStreamInfo {
  /** Absolute stream index in the file, as `-map 0:INDEX` wants it. */
  readonly index: number;
  /** ffprobe's name, e.g. `h264`. */
  readonly codec: string;
  /** FourCC, e.g. `avc1`; empty when the container has none. */
  readonly codecTag: string;
  readonly profile: string;
  readonly pixelFormat: string;
  /** Stored size, before rotation and before the sample aspect ratio is applied. */
  readonly width: number;
  readonly height: number;
  /** Width ÷ height of one stored sample; 1 for square pixels. */
  readonly sampleAspect: number;
  /** Average frames a second. */
  readonly fps: number;
  readonly bitrateBps: number;
  /** First time stamp, relative to the start of the file. */
  readonly startSec: number;
  readonly durationSec: number;
  /** False when the container tells only the duration of the whole file. */
  readonly isDurationExact: boolean;
  /** Frames by the container's index; null when it has none. */
  readonly frameCount: number | null;
  /** Transfer characteristics: `smpte2084` is PQ, `arib-std-b67` is HLG; empty when untagged. */
  readonly transfer: string;
  readonly primaries: string;
  readonly matrix: string;
  readonly isInterlaced: boolean;
}

export interface AudioStreamInfo {
  readonly index: number;
  readonly codec: string;
  readonly bitrateBps: number;
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly durationSec: number;
  readonly isDefault: boolean;
  /** As the file has them, whatever that is; absent where it says nothing. */
  readonly language?: string;
  readonly title?: string;
}

/** What the engine knows of a media file. Sizes in bytes and pixels, times in seconds, rates in bits a second. */
export interface SourceInfo {
  /** ffprobe's format name, e.g. `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly container: string;
  readonly sizeBytes: number;
  readonly bitrateBps: number;
  readonly durationSec: number;
  /** Degrees clockwise a player must turn the picture: 0 to 359. */
  readonly rotation: number;
  /** Size as shown: rotated, with square pixels. Null without video. */
  readonly display: PixelSize | null;
  /** The default moving picture; attached cover art does not count. */
  readonly video: VideoStreamInfo | null;
  readonly audio: readonly AudioStreamInfo[];
}
