import type { Template, TemplateKind, TemplateParameters } from './template-kinds.ts';

// Preset templates: https://cloud.tencent.com/document/product/266/33476. No page gives a preset's structure; what the page's
// tables leave open has the value that a template made with defaults has.

type TranscodeParameters = TemplateParameters<'Transcode'>;
type VideoTemplate = NonNullable<TranscodeParameters['VideoTemplate']>;
type AudioTemplate = NonNullable<TranscodeParameters['AudioTemplate']>;

/** The codec of a remux preset: the streams are taken over as they are. Templates of users cannot have it. */
export const COPY_CODEC = 'copy';

function preset<Kind extends TemplateKind>(
  kind: Kind,
  definition: number,
  name: string,
  parameters: TemplateParameters<Kind>,
): Template<Kind> {
  return {
    kind,
    definition,
    type: 'Preset',
    name,
    comment: '',
    parameters,
    createdAt: undefined,
    updatedAt: undefined,
  };
}

function video(
  settings: Pick<VideoTemplate, 'Codec' | 'Fps' | 'Bitrate'> & Partial<VideoTemplate>,
): VideoTemplate {
  return {
    ResolutionAdaptive: 'open',
    Width: 0,
    Height: 0,
    FillType: 'black',
    Vcrf: 0,
    Gop: 0,
    GopUnit: 'frame',
    PreserveHDRSwitch: 'OFF',
    CodecTag: settings.Codec === 'libx265' ? 'hvc1' : '',
    Mode: 'VBR',
    Bframes: 0,
    HlsTime: 0,
    VideoProfile: 'default',
    ...settings,
  };
}

function audio(bitrateKbps: number, codec = 'libfdk_aac'): AudioTemplate {
  return { Codec: codec, Bitrate: bitrateKbps, SampleRate: 44_100, AudioChannel: 2 };
}

function transcode(
  definition: number,
  name: string,
  parameters: Partial<TranscodeParameters> & { Container: string },
): Template<'Transcode'> {
  return preset('Transcode', definition, name, {
    RemoveVideo: 0,
    RemoveAudio: 0,
    TEHDConfig: { Type: 'OFF', MaxVideoBitrate: 0 },
    ContainerType: 'Video',
    ...(parameters.Container === 'hls' ? { SegmentType: 'ts' } : {}),
    ...parameters,
  });
}

const currentRows = [
  ['FLU', 10, 360, 400, 64],
  ['SD', 20, 540, 1000, 64],
  ['HD', 30, 720, 1800, 128],
  ['FHD', 40, 1080, 2500, 128],
  ['2K', 70, 1440, 3000, 160],
  ['4K', 80, 2160, 6000, 160],
] as const;

const current = currentRows.flatMap(([level, id, shortSide, videoKbps, audioKbps]) => {
  const streams = {
    VideoTemplate: video({ Codec: 'libx264', Fps: 25, Bitrate: videoKbps, Height: shortSide }),
    AudioTemplate: audio(audioKbps),
  };
  return [
    transcode(100_000 + id, `MP4-${level}`, { Container: 'mp4', ...streams }),
    transcode(100_200 + id, `HLS-${level}`, { Container: 'hls', ...streams }),
  ];
});

/** 极速高清: no bitrate but what the picture needs; 0 for the audio bitrate is the source's. */
const teshd = (
  [
    [100_800, 'SAME', 0, 0],
    [100_810, 'FLU', 360, 64],
    [100_820, 'SD', 540, 64],
    [100_830, 'HD', 720, 128],
    [100_840, 'FHD', 1080, 128],
  ] as const
).map(([definition, level, shortSide, audioKbps]) =>
  transcode(definition, `TESHD-MP4-${level}`, {
    Container: 'mp4',
    VideoTemplate: video({ Codec: 'libx264', Fps: 25, Bitrate: 0, Height: shortSide }),
    AudioTemplate: audio(audioKbps),
    TEHDConfig: { Type: 'TEHD-100', MaxVideoBitrate: 0 },
  }),
);

const audioOnly = (
  [
    [1010, 'mp3', 128],
    [1020, 'mp3', 320],
    [1100, 'm4a', 24],
    [1110, 'm4a', 48],
    [1120, 'm4a', 96],
    [1130, 'm4a', 192],
    [1140, 'm4a', 256],
  ] as const
).map(([definition, container, kbps]) =>
  transcode(definition, `${container.toUpperCase()}-${kbps}K`, {
    Container: container,
    ContainerType: 'PureAudio',
    RemoveVideo: 1,
    AudioTemplate: audio(kbps, container === 'mp3' ? 'libmp3lame' : 'libfdk_aac'),
  }),
);

const remux = (
  [
    [875, 'mp4'],
    [876, 'hls'],
  ] as const
).map(([definition, container]) =>
  transcode(definition, `Remux-${container.toUpperCase()}`, {
    Container: container,
    VideoTemplate: video({ Codec: COPY_CODEC, Fps: 0, Bitrate: 0 }),
    AudioTemplate: { ...audio(0, COPY_CODEC), SampleRate: 0, AudioChannel: 0 },
  }),
);

/** Until 2020 these were the presets: the first four by width, the others by height, key frames every 240 frames. */
const legacyH264 = (
  [
    ['FLU', [10, 210, 10_046], { Width: 320 }, 256, 24],
    ['SD', [20, 220, 10_047], { Width: 640 }, 512, 24],
    ['HD', [30, 230, 10_048], { Width: 1280 }, 1024, 24],
    ['FHD', [40, 240, 10_049], { Width: 1920 }, 2500, 24],
    ['2K', [70, 270, 370], { Height: 1440 }, 3072, 30],
    ['4K', [80, 280, 380], { Height: 2160 }, 6144, 30],
  ] as const
).flatMap(([level, ids, size, kbps, fps]) =>
  legacy(ids, `${level}-H264`, { Codec: 'libx264', Fps: fps, Bitrate: kbps, VideoProfile: 'high', ...size }),
);

const legacyH265 = (
  [
    ['FLU', [510, 610, 710], 240, 250, 15],
    ['SD', [520, 620, 720], 480, 600, 24],
    ['HD', [530, 630, 730], 720, 800, 25],
    ['FHD', [540, 640, 740], 1080, 1400, 30],
    ['2K', [570, 670, 770], 1440, 2048, 30],
    ['4K', [580, 680, 780], 2160, 4096, 30],
  ] as const
).flatMap(([level, ids, height, kbps, fps]) =>
  legacy(ids, `${level}-H265`, { Codec: 'libx265', Fps: fps, Bitrate: kbps, Height: height }),
);

function legacy(
  ids: readonly [mp4: number, hls: number, flv: number],
  name: string,
  settings: Parameters<typeof video>[0],
): Template<'Transcode'>[] {
  return (['mp4', 'hls', 'flv'] as const).map((container, index) =>
    transcode(ids[index] ?? 0, `${container.toUpperCase()}-${name}`, {
      Container: container,
      VideoTemplate: video({ ResolutionAdaptive: 'close', Gop: 240, ...settings }),
      AudioTemplate: audio(48, container === 'flv' ? 'libmp3lame' : 'libfdk_aac'),
    }),
  );
}

const ladder = (
  [
    [240, 256],
    [480, 512],
    [720, 1024],
    [1080, 2500],
    [1440, 3072],
    [2160, 6144],
  ] as const
).map(([shortSide, kbps]) => ({
  Video: video({ Codec: 'libx264', Fps: 24, Bitrate: kbps, Height: shortSide }),
  Audio: audio(48),
  RemoveAudio: 0,
  RemoveVideo: 0,
}));

/** 11 and 13 need a DRM key service. */
const adaptive = (
  [
    [10, 'Adaptive-HLS', 'HLS', '', 1],
    [11, 'Adaptive-HLS-FairPlay', 'HLS', 'FairPlay', 1],
    [12, 'Adaptive-HLS-Encrypt', 'HLS', 'SimpleAES', 1],
    [13, 'Adaptive-DASH-Widevine', 'MPEG-DASH', 'Widevine', 1],
    [20, 'Adaptive-DASH', 'MPEG-DASH', '', 0],
  ] as const
).map(([definition, name, format, drmType, disableHigherResolution]) =>
  preset('AdaptiveDynamicStreaming', definition, name, {
    Format: format,
    DrmType: drmType,
    DrmKeyProvider: drmType ? 'VOD' : '',
    DrmEncryptType: drmType === 'FairPlay' ? 'cbcs' : drmType === 'Widevine' ? 'cenc' : '',
    StreamInfos: ladder,
    DisableHigherVideoBitrate: 0,
    DisableHigherVideoResolution: disableHigherResolution,
    SegmentType: format === 'HLS' ? 'ts-segment' : 'mp4-mp4-byterange',
    SegmentDuration: 6,
  }),
);

const sourceSize = { Width: 0, Height: 0, ResolutionAdaptive: 'open' } as const;

const presets: { readonly [Kind in TemplateKind]: readonly Template<Kind>[] } = {
  Transcode: [...current, ...teshd, ...audioOnly, ...remux, ...legacyH264, ...legacyH265],
  AdaptiveDynamicStreaming: adaptive,
  SnapshotByTimeOffset: [
    preset('SnapshotByTimeOffset', 10, 'SnapshotByTimeOffset-JPG', {
      ...sourceSize,
      Format: 'jpg',
      FillType: 'stretch',
    }),
  ],
  SampleSnapshot: [
    preset('SampleSnapshot', 10, 'SampleSnapshot-JPG', {
      ...sourceSize,
      Format: 'jpg',
      SampleType: 'Percent',
      SampleInterval: 10,
      FillType: 'stretch',
    }),
  ],
  ImageSprite: [
    preset('ImageSprite', 10, 'ImageSprite-JPG', {
      Width: 142,
      Height: 80,
      ResolutionAdaptive: 'close',
      SampleType: 'Time',
      SampleInterval: 10,
      RowCount: 10,
      ColumnCount: 10,
      FillType: 'stretch',
      Format: 'jpg',
    }),
  ],
  AnimatedGraphics: (
    [
      [20_000, 'gif'],
      [20_001, 'webp'],
    ] as const
  ).map(([definition, format]) =>
    preset('AnimatedGraphics', definition, `AnimatedGraphics-${format.toUpperCase()}`, {
      ...sourceSize,
      Format: format,
      Fps: 2,
      Quality: 75,
    }),
  ),
  Watermark: [],
  HeadTail: [],
};

/** The old presets still work, but lists do not show them (announcement of 2020-04-01). */
const hidden: ReadonlySet<number> = new Set(
  [...legacyH264, ...legacyH265].map(({ definition }) => definition),
);

/** The presets of a kind as lists show them, by ascending definition. */
export function listPresetTemplates<Kind extends TemplateKind>(kind: Kind): Template<Kind>[] {
  return presets[kind]
    .filter(({ definition }) => kind !== 'Transcode' || !hidden.has(definition))
    .toSorted((a, b) => a.definition - b.definition);
}

/** A preset by its definition, those of before 2020 too. */
export function findPresetTemplate<Kind extends TemplateKind>(
  kind: Kind,
  definition: number,
): Template<Kind> | undefined {
  return presets[kind].find((template) => template.definition === definition);
}
