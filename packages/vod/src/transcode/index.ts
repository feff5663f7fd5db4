export { type ChunkOptions, type ChunkPart, type ChunkPlan, partFileName } from './chunks/chunk-plan.ts';
export { encodePart, UnfitPartError } from './chunks/encode-part.ts';
export type { EncodeParts } from './chunks/parts-run.ts';
export { isLongEnough } from './chunks/plan-chunks.ts';
export { probeKeyframes } from './chunks/probe-keyframes.ts';
export { MediaError, StillPictureError } from './media-error.ts';
export { prepareMediaTools, type MediaTools, withPriority } from './media-tools.ts';
export { toMetaData } from './meta-data.ts';
export type { EncodeRun } from './encode.ts';
export { MAX_LONG_SIDE, planTranscode } from './plan-transcode.ts';
export { probeMedia } from './probe-media.ts';
export type { TranscodedFile } from './finish-output.ts';
export { runTranscode, type TranscodeResult, type TranscodeYield } from './run-transcode.ts';
export type { PlanOptions } from './plan-transcode.ts';
export type { RenditionSpec } from './rendition-spec.ts';
export type { AudioStreamInfo, SourceInfo, VideoStreamInfo } from './source-info.ts';
export type { TranscodeLimits } from './transcode-limits.ts';
export type { PlannedPicture, TranscodePlan } from './transcode-plan.ts';
export { planAdaptive, TS_START_TICKS } from './works/adaptive.ts';
export type { BurntSubtitles } from './works/burnt-subtitles.ts';
export { assertPictures, type HeadTail, type HeadTailClip } from './works/head-tail.ts';
export {
  formatCues,
  subtitleFiles,
  subtitlePlaylist,
  withSubtitles,
  withSubtitleSets,
} from './works/subtitle-renditions.ts';
export type { SubtitleTrack } from './works/subtitle-track.ts';
export { parseVtt } from './works/vtt.ts';
export { planAnimation } from './works/animation.ts';
export { type MadeWork, runWork } from './works/run-work.ts';
export {
  type PicturePosition,
  planCover,
  planSamples,
  planSnapshots,
  planSprites,
} from './works/snapshots.ts';
export { frameSize } from './works/frame-size.ts';
export { timeRange } from './works/time-range.ts';
export { planTimeline, type Timeline, type TimelineItem } from './works/timeline.ts';
export { planVideoWork, sourceFps, type TranscodeRule } from './works/video-work.ts';
export type { Watermark, WatermarkCycle } from './works/watermark.ts';
export type { Work, WorkDetails } from './works/work.ts';
