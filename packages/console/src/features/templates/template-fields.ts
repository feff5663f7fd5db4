import type { TemplateKind } from '../../shared/templates/template-kinds.ts';
import { valueAt, type Values } from './values.ts';

/** A field of a template's form: where its value stands in the request, and what it may be. */
export type Field = {
  path: string;
  /** Only with these values; absent: always. */
  when?: (values: Values) => boolean;
} & (
  | { type: 'number'; min: number; max: number; unit?: string }
  | { type: 'text'; example?: string }
  | { type: 'choice'; choices: readonly (string | number)[] }
  | { type: 'switch' }
  | { type: 'picture' }
  | { type: 'streams' }
);

const FILLS = ['black', 'white', 'gauss', 'stretch'] as const;
const PICTURES = ['jpg', 'png', 'webp'] as const;
const VIDEO_CONTAINERS = new Set(['mp4', 'flv', 'hls']);

function size(min: number, prefix = ''): Field[] {
  return [
    { path: `${prefix}Width`, type: 'number', min: 0, max: min === 128 ? 8192 : 4096, unit: 'px' },
    { path: `${prefix}Height`, type: 'number', min: 0, max: min === 128 ? 8192 : 4096, unit: 'px' },
    { path: `${prefix}ResolutionAdaptive`, type: 'choice', choices: ['open', 'close'] },
  ];
}

const SAMPLING: Field[] = [
  { path: 'SampleType', type: 'choice', choices: ['Percent', 'Time'] },
  { path: 'SampleInterval', type: 'number', min: 1, max: 86_400 },
];

const hasVideo = (values: Values): boolean =>
  VIDEO_CONTAINERS.has(String(values['Container'])) && values['RemoveVideo'] !== 1;
const hasAudio = (values: Values): boolean => values['RemoveAudio'] !== 1;
const isText = (values: Values): boolean => values['Type'] === 'text';
const isImage = (values: Values): boolean => values['Type'] === 'image';

const VIDEO: Field[] = [
  { path: 'VideoTemplate.Codec', type: 'choice', choices: ['libx264', 'libx265', 'av1'] },
  ...size(128, 'VideoTemplate.'),
  { path: 'VideoTemplate.Fps', type: 'number', min: 0, max: 100 },
  { path: 'VideoTemplate.Bitrate', type: 'number', min: 0, max: 100_000, unit: 'kbps' },
  { path: 'VideoTemplate.Vcrf', type: 'number', min: 0, max: 51 },
  { path: 'VideoTemplate.Gop', type: 'number', min: 0, max: 100_000 },
  { path: 'VideoTemplate.FillType', type: 'choice', choices: FILLS },
];

const AUDIO: Field[] = [
  {
    path: 'AudioTemplate.Codec',
    type: 'choice',
    choices: ['libfdk_aac', 'libmp3lame', 'ac3', 'flac', 'mp2', 'pcm16'],
  },
  { path: 'AudioTemplate.Bitrate', type: 'number', min: 0, max: 256, unit: 'kbps' },
  { path: 'AudioTemplate.SampleRate', type: 'choice', choices: [16_000, 32_000, 44_100, 48_000] },
  { path: 'AudioTemplate.AudioChannel', type: 'choice', choices: [0, 1, 2, 6] },
];

/** After name and comment, which all have. */
export const FIELDS: Record<TemplateKind, readonly Field[]> = {
  transcode: [
    {
      path: 'Container',
      type: 'choice',
      choices: ['mp4', 'hls', 'flv', 'mp3', 'm4a', 'flac', 'ogg', 'wav'],
    },
    { path: 'RemoveVideo', type: 'switch' },
    { path: 'RemoveAudio', type: 'switch' },
    ...VIDEO.map((field) => ({ ...field, when: hasVideo })),
    ...AUDIO.map((field) => ({ ...field, when: hasAudio })),
    { path: 'TEHDConfig.Type', type: 'choice', choices: ['OFF', 'TEHD-100'], when: hasVideo },
  ],
  adaptive: [
    { path: 'Format', type: 'choice', choices: ['HLS', 'MPEG-DASH'] },
    { path: 'DrmType', type: 'choice', choices: ['', 'SimpleAES'] },
    { path: 'SegmentDuration', type: 'number', min: 1, max: 10, unit: 's' },
    { path: 'DisableHigherVideoResolution', type: 'switch' },
    { path: 'DisableHigherVideoBitrate', type: 'switch' },
    { path: 'StreamInfos', type: 'streams' },
  ],
  snapshot: [
    { path: 'Format', type: 'choice', choices: PICTURES },
    ...size(32),
    { path: 'FillType', type: 'choice', choices: FILLS },
  ],
  sample: [
    ...SAMPLING,
    { path: 'Format', type: 'choice', choices: PICTURES },
    ...size(32),
    { path: 'FillType', type: 'choice', choices: FILLS },
  ],
  sprite: [
    ...SAMPLING,
    { path: 'RowCount', type: 'number', min: 1, max: 1000 },
    { path: 'ColumnCount', type: 'number', min: 1, max: 1000 },
    { path: 'Format', type: 'choice', choices: PICTURES },
    ...size(32),
    { path: 'FillType', type: 'choice', choices: ['black', 'stretch'] },
  ],
  animated: [
    { path: 'Format', type: 'choice', choices: ['gif', 'webp'] },
    { path: 'Fps', type: 'number', min: 1, max: 30 },
    { path: 'Quality', type: 'number', min: 1, max: 100 },
    ...size(32),
  ],
  watermark: [
    { path: 'Type', type: 'choice', choices: ['image', 'text'] },
    {
      path: 'CoordinateOrigin',
      type: 'choice',
      choices: ['TopLeft', 'TopRight', 'BottomLeft', 'BottomRight'],
    },
    { path: 'XPos', type: 'text', example: '10%' },
    { path: 'YPos', type: 'text', example: '10%' },
    { path: 'ImageTemplate.ImageContent', type: 'picture', when: isImage },
    { path: 'ImageTemplate.Width', type: 'text', example: '10%', when: isImage },
    { path: 'ImageTemplate.Height', type: 'text', example: '0px', when: isImage },
    { path: 'TextTemplate.FontType', type: 'choice', choices: ['arial.ttf', 'simkai.ttf'], when: isText },
    { path: 'TextTemplate.FontSize', type: 'text', example: '24px', when: isText },
    { path: 'TextTemplate.FontColor', type: 'text', example: '0xFFFFFF', when: isText },
    { path: 'TextTemplate.FontAlpha', type: 'number', min: 0, max: 1, when: isText },
  ],
};

/** What a new template starts with. */
export const DEFAULTS: Record<TemplateKind, Values> = {
  transcode: {
    Container: 'mp4',
    RemoveVideo: 0,
    RemoveAudio: 0,
    VideoTemplate: {
      Codec: 'libx264',
      Fps: 25,
      Bitrate: 1800,
      Width: 0,
      Height: 720,
      ResolutionAdaptive: 'open',
      FillType: 'black',
    },
    AudioTemplate: { Codec: 'libfdk_aac', Bitrate: 128, SampleRate: 44_100, AudioChannel: 2 },
  },
  adaptive: {
    Format: 'HLS',
    DrmType: '',
    SegmentDuration: 6,
    DisableHigherVideoResolution: 1,
    DisableHigherVideoBitrate: 0,
    StreamInfos: [streamOf(360, 400), streamOf(720, 1800)],
  },
  snapshot: { Format: 'jpg', Width: 0, Height: 0, ResolutionAdaptive: 'open', FillType: 'black' },
  sample: { SampleType: 'Percent', SampleInterval: 10, Format: 'jpg', Width: 0, Height: 0 },
  sprite: {
    SampleType: 'Time',
    SampleInterval: 10,
    RowCount: 10,
    ColumnCount: 10,
    Format: 'jpg',
    Width: 142,
    Height: 80,
    FillType: 'black',
  },
  animated: { Format: 'gif', Fps: 2, Quality: 75, Width: 0, Height: 0 },
  watermark: {
    Type: 'text',
    CoordinateOrigin: 'TopLeft',
    XPos: '10px',
    YPos: '10px',
    TextTemplate: { FontType: 'arial.ttf', FontSize: '24px', FontColor: '0xFFFFFF', FontAlpha: 1 },
    ImageTemplate: { Width: '10%', Height: '0px' },
  },
};

/** One level of a ladder. */
export function streamOf(height: number, bitrateKbps: number): Values {
  return {
    Video: {
      Codec: 'libx264',
      Fps: 25,
      Bitrate: bitrateKbps,
      Width: 0,
      Height: height,
      ResolutionAdaptive: 'open',
      FillType: 'black',
    },
    Audio: { Codec: 'libfdk_aac', Bitrate: 64, SampleRate: 44_100, AudioChannel: 2 },
    RemoveAudio: 0,
  };
}

/** What the server sets itself. */
const OWN = new Set(['Definition', 'ContainerType', 'CreateTime', 'UpdateTime']);

/** What a request would say to make the same template again. */
export function toDraft(kind: TemplateKind, wire: Values): Values {
  const entries = Object.entries(wire).filter(
    ([name]) => !OWN.has(name) && (name !== 'Type' || kind === 'watermark'),
  );
  return Object.fromEntries(entries);
}

/** The request: without the parts that the choices rule out. */
export function toRequest(kind: TemplateKind, draft: Values): Values {
  const dropped = new Set(
    FIELDS[kind].filter(({ when }) => when?.(draft) === false).map(({ path }) => path.split('.')[0] ?? path),
  );
  const kept = Object.fromEntries(Object.entries(draft).filter(([name]) => !dropped.has(name)));
  if (kind !== 'watermark' || valueAt(kept, 'ImageTemplate') === undefined) return kept;
  const { ImageUrl: _, ...image } = valueAt(kept, 'ImageTemplate') as Values;
  return { ...kept, ImageTemplate: image };
}
