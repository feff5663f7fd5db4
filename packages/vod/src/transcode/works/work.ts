import type { EncodeRun } from '../encode.ts';
import type { SourceInfo } from '../source-info.ts';
import type { StreamDemand } from '../stream-demand.ts';
import type { DemandedFiles, PlannedPicture } from '../transcode-plan.ts';
import type { PixelSize } from '@vodstack/protocol';

/** What a finished work says of itself beyond its files: what the wire's `Output` is made from. Names are relative to the media's folder. */
export interface WorkDetails {
  /** Sum of all files, where the result is more than one. */
  readonly sizeBytes?: number;
  readonly pictures?: readonly { readonly name: string; readonly timeOffsetMs: number }[];
  readonly names?: readonly string[];
  readonly sampleType?: 'Percent' | 'Time';
  readonly interval?: number;
  readonly width?: number;
  readonly height?: number;
  readonly totalCount?: number;
  readonly vttName?: string;
  readonly container?: string;
  readonly startSec?: number;
  readonly endSec?: number;
  readonly package?: 'HLS' | 'DASH';
  readonly drmType?: string;
  readonly subStreams?: readonly SubStream[];
  readonly watermarks?: readonly number[];
  readonly subtitles?: readonly AttachedSubtitle[];
  readonly defaultSubtitleId?: string;
}

/** A subtitle beside an adaptive result, with its file in the media's folder. */
export interface AttachedSubtitle {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly vttName: string;
}

export interface SubStream {
  readonly type: 'video' | 'audio';
  readonly width: number;
  readonly height: number;
  readonly sizeBytes: number;
}

/** A key that a result was encrypted with; published together with it. */
export interface ContentKey {
  /** 32 hexadecimal digits. */
  readonly keyId: string;
  readonly key: Buffer;
}

/** What came of a work: names in its scratch folder, the one with the main address first. */
export interface WorkYield {
  readonly fileNames: readonly string[];
  readonly details: WorkDetails;
  /** Of a result that is a video or sound. */
  readonly info?: SourceInfo;
}

/** The same result, packed without encoding from streams that one run encodes for several results. */
export interface Packing {
  readonly demand: StreamDemand;
  readonly run: (files: DemandedFiles) => EncodeRun;
}

/** The same result, taken from a rendition of at least this size. */
export interface FromRendition {
  readonly minSize: PixelSize;
  readonly run: (rendition: PlannedPicture) => EncodeRun;
}

/** Pure data and a look at the result: runs of ffmpeg, one after the other, in a folder of their own. */
export interface Work {
  readonly runs: readonly EncodeRun[];
  /** Written into the folder before the first run, by name. Never published. */
  readonly inputs?: Readonly<Record<string, string | Buffer>>;
  /** Further files that the runs read: names in the folder, and where they are. */
  readonly links?: Readonly<Record<string, string>>;
  readonly contentKey?: ContentKey;
  readonly packing?: Packing | undefined;
  readonly fromRendition?: FromRendition | undefined;
  /** Checks what the runs made. @throws MediaError that says what is wrong */
  readonly collect: (made: MadeFolder) => Promise<WorkYield>;
}

/** The folder that the runs have written into. */
export interface MadeFolder {
  readonly path: string;
  /** In natural order: `a_2` before `a_10`. */
  readonly names: readonly string[];
  readonly probe: (name: string) => Promise<SourceInfo>;
  readonly readText: (name: string) => Promise<string>;
  readonly writeText: (name: string, text: string) => Promise<void>;
  readonly sizeOf: (name: string) => Promise<number>;
}
