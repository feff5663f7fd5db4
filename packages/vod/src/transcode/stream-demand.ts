import type { PixelSize } from '@vodstack/protocol';
import {
  type AudioRule,
  audioStreamArguments,
  gopPictures,
  type TehdRule,
  type VideoRule,
  videoStreamArguments,
} from './works/stream-arguments.ts';
import type { AudioStreamInfo } from './source-info.ts';

/** A moving picture of the whole source that somebody wants encoded. */
export interface PictureDemand {
  readonly size: PixelSize;
  readonly fps: number;
  readonly rule: VideoRule;
  readonly tehd?: TehdRule | undefined;
}

/** The sound of the whole source, encoded. */
export interface SoundDemand {
  readonly rule: AudioRule;
  /** Decides the codec where the rule does not. */
  readonly container: string;
}

/** What one result wants from the run that encodes for all. */
export interface StreamDemand {
  readonly pictures: readonly PictureDemand[];
  readonly sounds: readonly SoundDemand[];
}

export interface EncoderOptions {
  readonly encoders: ReadonlySet<string>;
  readonly x264Preset: string;
}

/** Things that differ, each once, and which of them each demand takes. */
export interface Distinct<Demand> {
  readonly kept: readonly Demand[];
  readonly indexOf: (demand: Demand) => number;
}

/** Pictures that agree in size, rate and every option of the encoder are encoded once. */
export function distinctPictures(
  demands: readonly PictureDemand[],
  options: EncoderOptions,
): Distinct<PictureDemand> {
  return distinct(demands, (demand) =>
    JSON.stringify([demand.size.width, demand.size.height, demand.fps, pictureArguments(demand, 0, options)]),
  );
}

export function distinctSounds(
  demands: readonly SoundDemand[],
  source: AudioStreamInfo,
  options: EncoderOptions,
): Distinct<SoundDemand> {
  return distinct(demands, (demand) => JSON.stringify(soundArguments(demand, 0, source, options)));
}

export function pictureArguments(
  { rule, fps, tehd }: PictureDemand,
  index: number,
  options: EncoderOptions,
): string[] {
  return videoStreamArguments(rule, { index, fps, tehd }, options);
}

export function soundArguments(
  { rule, container }: SoundDemand,
  index: number,
  source: AudioStreamInfo,
  options: EncoderOptions,
): string[] {
  return audioStreamArguments(rule, { index, source, container }, options);
}

/** Seconds from one keyframe to the next. */
export function gopSec({ rule, fps }: PictureDemand): number {
  return gopPictures(rule, fps) / fps;
}

function distinct<Demand>(demands: readonly Demand[], keyOf: (demand: Demand) => string): Distinct<Demand> {
  const kept = new Map<string, Demand>();
  for (const demand of demands) {
    const key = keyOf(demand);
    if (!kept.has(key)) kept.set(key, demand);
  }
  const keys = [...kept.keys()];
  return { kept: [...kept.values()], indexOf: (demand) => keys.indexOf(keyOf(demand)) };
}
