import type {
  AdaptiveDynamicStreamingTemplate,
  AnimatedGraphicsTemplate,
  HeadTailTemplate,
  ImageSpriteTemplate,
  SampleSnapshotTemplate,
  SnapshotByTimeOffsetTemplate,
  TranscodeTemplate,
  WatermarkTemplate,
} from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_models.js';

/** The template families that the media pipeline serves, by the cloud's structures (266/31773). */
export interface TemplateStructures {
  Transcode: TranscodeTemplate;
  AdaptiveDynamicStreaming: AdaptiveDynamicStreamingTemplate;
  SnapshotByTimeOffset: SnapshotByTimeOffsetTemplate;
  SampleSnapshot: SampleSnapshotTemplate;
  ImageSprite: ImageSpriteTemplate;
  AnimatedGraphics: AnimatedGraphicsTemplate;
  Watermark: WatermarkTemplate;
  HeadTail: HeadTailTemplate;
}

export type TemplateKind = keyof TemplateStructures;

/** What a template says, apart from its identity: the members of the cloud's structure that a pipeline works by. */
export type TemplateParameters<Kind extends TemplateKind> = Omit<
  TemplateStructures[Kind],
  'Definition' | 'Type' | 'Name' | 'Comment' | 'CreateTime' | 'UpdateTime'
>;

export interface Template<Kind extends TemplateKind> {
  readonly kind: Kind;
  readonly definition: number;
  readonly type: 'Preset' | 'Custom';
  readonly name: string;
  readonly comment: string;
  /** Every default is filled in. */
  readonly parameters: TemplateParameters<Kind>;
  /** Undefined for presets. */
  readonly createdAt: Date | undefined;
  readonly updatedAt: Date | undefined;
}
