import type { models } from '@vodstack/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from '../support/error-of.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startQuietStack();
});
afterAll(async () => {
  await stack?.stop();
});

const video = { Codec: 'libx264', Fps: 24, Bitrate: 256 };
const audio = { Codec: 'libfdk_aac', Bitrate: 48, SampleRate: 44_100 };

describe('CreateTranscodeTemplate refuses', () => {
  type Changes = Partial<models.CreateTranscodeTemplateRequest>;
  it.each<[string, Changes, string]>([
    ['an unknown container', { Container: 'avi' }, 'InvalidParameterValue.Container'],
    ['a switch of 2', { RemoveVideo: 2 }, 'InvalidParameterValue.RemoveVideo'],
    ['neither sound nor picture', { RemoveVideo: 1, RemoveAudio: 1 }, 'InvalidParameterValue.RemoveAudio'],
    ['an unknown codec', { VideoTemplate: { ...video, Codec: 'vp9' } }, 'InvalidParameterValue.VideoCodec'],
    ['101 frames a second', { VideoTemplate: { ...video, Fps: 101 } }, 'InvalidParameterValue.Fps'],
    ['127 kbit/s', { VideoTemplate: { ...video, Bitrate: 127 } }, 'InvalidParameterValue.VideoBitrate'],
    ['a width of 127', { VideoTemplate: { ...video, Width: 127 } }, 'InvalidParameterValue.Width'],
    ['a height of 8193', { VideoTemplate: { ...video, Height: 8193 } }, 'InvalidParameterValue.Height'],
    ['an unknown fill', { VideoTemplate: { ...video, FillType: 'red' } }, 'InvalidParameterValue.FillType'],
    [
      'a size that adapts sometimes',
      { VideoTemplate: { ...video, ResolutionAdaptive: 'maybe' } },
      'InvalidParameterValue.ResolutionAdaptive',
    ],
    ['a Vcrf of 52', { VideoTemplate: { ...video, Vcrf: 52 } }, 'InvalidParameterValue.Vcrf'],
    ['a GOP of 100001', { VideoTemplate: { ...video, Gop: 100_001 } }, 'InvalidParameterValue'],
    ['H.266', { VideoTemplate: { ...video, Codec: 'H.266' } }, 'UnsupportedOperation'],
    [
      'AV1 in HLS',
      { Container: 'hls', VideoTemplate: { ...video, Codec: 'av1' } },
      'InvalidParameterValue.VideoCodec',
    ],
    [
      'a codec that its container does not hold',
      { AudioTemplate: { ...audio, Codec: 'flac' } },
      'InvalidParameterValue.AudioCodec',
    ],
    [
      '25 kbit/s of sound',
      { AudioTemplate: { ...audio, Bitrate: 25 } },
      'InvalidParameterValue.AudioBitrate',
    ],
    [
      'a sample rate of 22050',
      { AudioTemplate: { ...audio, SampleRate: 22_050 } },
      'InvalidParameterValue.AudioSampleRate',
    ],
    [
      'a sample rate of 16000 for AAC',
      { AudioTemplate: { ...audio, SampleRate: 16_000 } },
      'InvalidParameterValue.AudioSampleRate',
    ],
    [
      'three channels',
      { AudioTemplate: { ...audio, AudioChannel: 3 } },
      'InvalidParameterValue.AudioChannel',
    ],
    [
      'six channels in M4A',
      { Container: 'm4a', AudioTemplate: { ...audio, AudioChannel: 6 } },
      'InvalidParameterValue.AudioChannel',
    ],
    ['an unknown 极速高清', { TEHDConfig: { Type: 'TEHD-200' } }, 'InvalidParameterValue.TEHDType'],
    [
      'enhancement',
      { EnhanceConfig: { VideoEnhance: { Denoise: { Switch: 'ON', Type: 'weak' } } } },
      'UnsupportedOperation',
    ],
  ])('%s', async (_what, changes, code) => {
    const request = { Container: 'mp4', VideoTemplate: video, AudioTemplate: audio, ...changes };
    expect((await errorOf(stack.client.CreateTranscodeTemplate(request))).code).toBe(code);
  });

  it.each([
    ['video', { AudioTemplate: audio }, 'VideoTemplate'],
    ['audio', { VideoTemplate: video }, 'AudioTemplate'],
  ])('to keep %s without saying how', async (_what, request, named) => {
    const error = await errorOf(stack.client.CreateTranscodeTemplate({ Container: 'mp4', ...request }));
    expect(error.code).toBe('MissingParameter');
    expect(error.message).toContain(named);
  });
});

describe('ModifyTranscodeTemplate', () => {
  it('refuses what would not be allowed as a whole', async () => {
    const { Definition = 0 } = await stack.client.CreateTranscodeTemplate({
      Container: 'm4a',
      AudioTemplate: audio,
    });
    const error = await errorOf(stack.client.ModifyTranscodeTemplate({ Definition, Container: 'mp3' }));
    expect(error.code).toBe('InvalidParameterValue.AudioCodec');
    await stack.client.ModifyTranscodeTemplate({
      Definition,
      Container: 'mp3',
      AudioTemplate: { Codec: 'libmp3lame' },
    });
    const { TranscodeTemplateSet } = await stack.client.DescribeTranscodeTemplates({
      Definitions: [Definition],
    });
    expect(TranscodeTemplateSet).toMatchObject([
      { Container: 'mp3', ContainerType: 'PureAudio', RemoveVideo: 1, AudioTemplate: { Bitrate: 48 } },
    ]);
  });
});

describe('CreateAdaptiveDynamicStreamingTemplate refuses', () => {
  const stream = { Video: video, Audio: audio };
  type Changes = Partial<models.CreateAdaptiveDynamicStreamingTemplateRequest>;
  it.each<[string, Changes, string]>([
    ['an unknown format', { Format: 'RTMP' }, 'InvalidParameterValue.Format'],
    ['no streams', { StreamInfos: [] }, 'InvalidParameterValue'],
    ['eleven streams', { StreamInfos: Array.from({ length: 11 }, () => stream) }, 'InvalidParameterValue'],
    ['Widevine', { DrmType: 'Widevine' }, 'UnsupportedOperation'],
    ['an unknown DRM', { DrmType: 'None' }, 'InvalidParameterValue.DrmType'],
    ['AES for DASH', { Format: 'MPEG-DASH', DrmType: 'SimpleAES' }, 'InvalidParameterValue.DrmType'],
    ['TS for DASH', { Format: 'MPEG-DASH', SegmentType: 'ts-segment' }, 'InvalidParameterValue'],
    ['segments of 11 s', { SegmentDuration: 11 }, 'InvalidParameterValue'],
    [
      'a switch of 2',
      { DisableHigherVideoResolution: 2 },
      'InvalidParameterValue.DisableHigherVideoResolution',
    ],
    [
      'a wrong bitrate in the second stream',
      { StreamInfos: [stream, { ...stream, Video: { ...video, Bitrate: 1 } }] },
      'InvalidParameterValue.Bitrate',
    ],
    [
      'MP3',
      { StreamInfos: [{ ...stream, Audio: { ...audio, Codec: 'libmp3lame' } }] },
      'InvalidParameterValue.Codec',
    ],
  ])('%s', async (_what, changes, code) => {
    const request = { Format: 'HLS', StreamInfos: [stream], ...changes };
    expect((await errorOf(stack.client.CreateAdaptiveDynamicStreamingTemplate(request))).code).toBe(code);
  });
});

describe('Templates of pictures refuse', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    [
      'a snapshot as TIFF',
      () => stack.client.CreateSnapshotByTimeOffsetTemplate({ Format: 'tiff' }),
      'InvalidParameterValue.Format',
    ],
    [
      'a snapshot 31 wide',
      () => stack.client.CreateSnapshotByTimeOffsetTemplate({ Width: 31 }),
      'InvalidParameterValue.Width',
    ],
    [
      'samples at random',
      () => stack.client.CreateSampleSnapshotTemplate({ SampleType: 'Random', SampleInterval: 1 }),
      'InvalidParameterValue.SampleType',
    ],
    [
      'samples every 101 percent',
      () => stack.client.CreateSampleSnapshotTemplate({ SampleType: 'Percent', SampleInterval: 101 }),
      'InvalidParameterValue.SampleInterval',
    ],
    [
      'a sprite sheet without rows',
      () =>
        stack.client.CreateImageSpriteTemplate({
          SampleType: 'Time',
          SampleInterval: 1,
          RowCount: 0,
          ColumnCount: 1,
        }),
      'InvalidParameterValue.RowCount',
    ],
    [
      'a sprite sheet more than 15000 wide',
      () =>
        stack.client.CreateImageSpriteTemplate({
          SampleType: 'Time',
          SampleInterval: 1,
          RowCount: 1,
          ColumnCount: 16,
          Width: 1000,
        }),
      'InvalidParameterValue.ColumnCount',
    ],
    [
      'an animation of 31 frames a second',
      () => stack.client.CreateAnimatedGraphicsTemplate({ Fps: 31 }),
      'InvalidParameterValue.Fps',
    ],
    [
      'an animation of no quality',
      () => stack.client.CreateAnimatedGraphicsTemplate({ Fps: 1, Quality: 0 }),
      'InvalidParameterValue.Quality',
    ],
    [
      'an animation as WebP without a size',
      () => stack.client.CreateAnimatedGraphicsTemplate({ Fps: 1, Format: 'webp' }),
      'InvalidParameterValue.FormatWebpWidthAndHeightBothZero',
    ],
  ])('%s', async (_what, send, code) => {
    expect((await errorOf(send())).code).toBe(code);
  });
});
