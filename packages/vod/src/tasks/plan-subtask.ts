import { COPY_CODEC, type models, type TemplateParameters } from '@vodstack/protocol';
import type { SubtaskKind, SubtaskRow } from '../tables.ts';
import type { Attachments } from './find-attachments.ts';
import {
  type MediaTools,
  MediaError,
  type PicturePosition,
  planAdaptive,
  planAnimation,
  planCover,
  planSamples,
  planSnapshots,
  planSprites,
  planVideoWork,
  type RenditionSpec,
  type SourceInfo,
  type TranscodeRule,
  type Watermark,
  type Work,
} from '../transcode/index.ts';

/** Which family of templates a sub-task's Definition is of. */
export const TEMPLATE_KINDS: {
  readonly Transcode: 'Transcode';
  readonly AdaptiveDynamicStreaming: 'AdaptiveDynamicStreaming';
  readonly CoverBySnapshot: 'SnapshotByTimeOffset';
  readonly SnapshotByTimeOffset: 'SnapshotByTimeOffset';
  readonly SampleSnapshot: 'SampleSnapshot';
  readonly ImageSprites: 'ImageSprite';
  readonly AnimatedGraphics: 'AnimatedGraphics';
} = {
  Transcode: 'Transcode',
  AdaptiveDynamicStreaming: 'AdaptiveDynamicStreaming',
  CoverBySnapshot: 'SnapshotByTimeOffset',
  SnapshotByTimeOffset: 'SnapshotByTimeOffset',
  SampleSnapshot: 'SampleSnapshot',
  ImageSprites: 'ImageSprite',
  AnimatedGraphics: 'AnimatedGraphics',
};

export interface PlanContext {
  readonly source: SourceInfo;
  readonly tools: MediaTools;
  readonly x264Preset: 'ultrafast' | 'veryfast' | 'medium';
  readonly fileId: string;
  readonly watermarks: readonly Watermark[];
  readonly attachments?: Attachments | undefined;
}

type ParametersOf<Kind extends SubtaskKind> = TemplateParameters<(typeof TEMPLATE_KINDS)[Kind]>;
type SubtaskIdentity = Pick<SubtaskRow, 'kind' | 'definition' | 'input'>;

type Planners = {
  readonly [Kind in SubtaskKind]: (
    parameters: ParametersOf<Kind>,
    subtask: SubtaskIdentity,
    context: PlanContext,
  ) => Work;
};

const PLANNERS: Planners = {
  Transcode: planTranscodeSubtask,
  AdaptiveDynamicStreaming: (parameters, { definition }, context) =>
    planAdaptive(
      context.source,
      { ...parameters, StreamInfos: parameters.StreamInfos ?? [], Format: parameters.Format ?? 'HLS' },
      {
        definition,
        fileId: context.fileId,
        watermarks: context.watermarks,
        burnt: context.attachments?.burnt,
        tracks: context.attachments?.tracks,
        ...engineOptions(context),
      },
    ),
  CoverBySnapshot: (parameters, { definition, input }, context) =>
    planCover(context.source, parameters, coverPosition(input), pictureOptions(definition, context)),
  SnapshotByTimeOffset: (parameters, { definition, input }, context) =>
    planSnapshots(context.source, parameters, offsetPositions(input), pictureOptions(definition, context)),
  SampleSnapshot: (parameters, { definition }, context) =>
    planSamples(context.source, withSampling(parameters), pictureOptions(definition, context)),
  ImageSprites: (parameters, { definition }, context) =>
    planSprites(
      context.source,
      {
        ...withSampling(parameters),
        RowCount: parameters.RowCount ?? 10,
        ColumnCount: parameters.ColumnCount ?? 10,
      },
      pictureOptions(definition, context),
    ),
  AnimatedGraphics: (parameters, { definition, input }, context) =>
    planAnimation(context.source, parameters, input, pictureOptions(definition, context)),
};

/**
 * What is to be done for a sub-task, by its template.
 * @throws MediaError when it cannot be done
 */
export function planSubtask(parameters: object, subtask: SubtaskIdentity, context: PlanContext): Work {
  // The template was looked up in the family that belongs to this kind.
  const plan = PLANNERS[subtask.kind] as (
    parameters: object,
    subtask: SubtaskIdentity,
    context: PlanContext,
  ) => Work;
  return plan(parameters, subtask, context);
}

/**
 * A plain MP4 rendition of the whole source, which shares its decoding with others of this kind;
 * undefined for anything that needs a run of its own.
 */
export function toRenditionSpec(
  template: object,
  { definition, input }: SubtaskIdentity,
): RenditionSpec | undefined {
  const parameters = template as ParametersOf<'Transcode'>;
  const { VideoTemplate: video, AudioTemplate: audio } = parameters;
  const { WatermarkSet, MosaicSet, StartTimeOffset, EndTimeOffset, OverrideParameter } =
    input as Partial<models.TranscodeTaskInput>;
  const { HeadTailSet, SubtitleInfoSet } = input as Partial<models.TranscodeTaskInput>;
  const isPlain =
    parameters.Container === 'mp4' &&
    !parameters.RemoveVideo &&
    !parameters.RemoveAudio &&
    !isTehd(parameters.TEHDConfig) &&
    !(HeadTailSet?.length || SubtitleInfoSet?.length) &&
    !(WatermarkSet?.length || MosaicSet?.length || StartTimeOffset || EndTimeOffset || OverrideParameter);
  if (!isPlain || !video || !audio) return undefined;
  const isPlainVideo =
    video.Codec === 'libx264' &&
    video.ResolutionAdaptive !== 'close' &&
    !video.Width &&
    !video.Vcrf &&
    !video.Gop &&
    !video.Bframes &&
    (!video.Mode || video.Mode === 'VBR') &&
    (!video.VideoProfile || video.VideoProfile === 'default' || video.VideoProfile === 'high');
  const isPlainAudio = audio.Codec === 'libfdk_aac' && audio.Bitrate > 0 && audio.AudioChannel !== 0;
  if (!isPlainVideo || !isPlainAudio || !video.Height || !video.Fps) return undefined;
  return {
    definition,
    container: 'mp4',
    video: { shortSide: video.Height, bitrateKbps: video.Bitrate, fps: video.Fps },
    audio: {
      bitrateKbps: audio.Bitrate,
      sampleRateHz: audio.SampleRate,
      channels: audio.AudioChannel ?? 2,
    },
  };
}

function isTehd(config: models.TEHDConfig | null | undefined): boolean {
  return !!config?.Type && config.Type !== 'OFF';
}

function planTranscodeSubtask(
  parameters: ParametersOf<'Transcode'>,
  { definition, input }: SubtaskIdentity,
  context: PlanContext,
): Work {
  const { OverrideParameter, StartTimeOffset, EndTimeOffset, MosaicSet } =
    input as Partial<models.TranscodeTaskInput>;
  const rule = override(parameters as TranscodeRule, OverrideParameter ?? {});
  return planVideoWork(context.source, rule, {
    definition,
    startOffset: StartTimeOffset,
    endOffset: EndTimeOffset,
    watermarks: context.watermarks,
    mosaics: MosaicSet ?? [],
    headTails: context.attachments?.headTails,
    subtitles: context.attachments?.burnt,
    isRemux: rule.VideoTemplate?.Codec === COPY_CODEC,
    ...engineOptions(context),
  });
}

/** OverrideParameter: what it says takes the place of the template's; what it leaves out or leaves empty does not. */
function override(rule: TranscodeRule, changes: models.OverrideTranscodeParameter): TranscodeRule {
  const merged = { ...rule, ...given(changes) } as TranscodeRule;
  return {
    ...merged,
    VideoTemplate: { ...rule.VideoTemplate, ...given(changes.VideoTemplate ?? {}) },
    AudioTemplate: { ...rule.AudioTemplate, ...given(changes.AudioTemplate ?? {}) },
    TEHDConfig: { ...rule.TEHDConfig, ...given(changes.TEHDConfig ?? {}) },
  };
}

function given(values: object): object {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== ''),
  );
}

function engineOptions({ tools, x264Preset }: PlanContext): {
  x264Preset: string;
  encoders: ReadonlySet<string>;
  canToneMap: boolean;
  canDrawText: boolean;
  canDrawSvg: boolean;
  canBurnSubtitles: boolean;
} {
  const { encoders, canToneMap, canDrawText, canDrawSvg, canBurnSubtitles = false } = tools;
  return { x264Preset, encoders, canToneMap, canDrawText, canDrawSvg, canBurnSubtitles };
}

function pictureOptions(
  definition: number,
  { tools, watermarks }: PlanContext,
): { definition: number; canToneMap: boolean; watermarks: readonly Watermark[] } {
  return { definition, canToneMap: tools.canToneMap, watermarks };
}

function withSampling<Rule extends { SampleType?: string | undefined; SampleInterval?: number | undefined }>(
  rule: Rule,
): Rule & { SampleType: string; SampleInterval: number } {
  return { ...rule, SampleType: rule.SampleType ?? 'Percent', SampleInterval: rule.SampleInterval ?? 10 };
}

function coverPosition(input: object): PicturePosition {
  const { PositionType, PositionValue = 0 } = input as Partial<models.CoverBySnapshotTaskInput>;
  return PositionType === 'Percent' ? { percent: PositionValue } : { sec: PositionValue };
}

/** `3.5s` and `10%`; the older list is in milliseconds and counts only without the newer one. */
function offsetPositions(input: object): PicturePosition[] {
  const { ExtTimeOffsetSet, TimeOffsetSet } = input as Partial<models.SnapshotByTimeOffsetTaskInput>;
  if (!ExtTimeOffsetSet?.length) return (TimeOffsetSet ?? []).map((ms) => ({ sec: ms / 1000 }));
  return ExtTimeOffsetSet.map((text) => {
    const [, number, unit] = /^(\d+(?:\.\d+)?)(s|%)$/.exec(text.trim()) ?? [];
    if (number === undefined) {
      throw new MediaError(
        'InvalidInput.InvalidTimeOffset',
        `a time must be like 3.5s or 10%, got ${JSON.stringify(text.slice(0, 40))}`,
      );
    }
    return unit === '%' ? { percent: Number(number) } : { sec: Number(number) };
  });
}
