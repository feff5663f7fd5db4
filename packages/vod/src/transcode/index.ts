export type { EngineLogger } from './engine-logger.ts';
export type { X264Preset } from './encoder-arguments.ts';
export { MediaError } from './media-error.ts';
export {
  findMediaTools,
  prepareMediaTools,
  type FindOptions,
  type MediaTools,
  type PrepareOptions,
  type ToolPaths,
} from './media-tools.ts';
export { toMetaData } from './meta-data.ts';
export { planTranscode, type PlanOptions } from './plan-transcode.ts';
export { probeMedia, type ProbeOptions } from './probe-media.ts';
export type { AudioSpec, RenditionSpec } from './rendition-spec.ts';
export type { TranscodedFile } from './finish-output.ts';
export { runTranscode, type RunOptions, type TranscodeResult } from './run-transcode.ts';
export type { TranscodeLimits } from './transcode-limits.ts';
export type { Sandbox, SandboxLayer, SandboxLimits } from './sandbox.ts';
export type { AudioStreamInfo, SourceInfo, VideoStreamInfo } from './source-info.ts';
export type { ExpectedDuration, FailedOutput, PlannedOutput, TranscodePlan } from './transcode-plan.ts';
