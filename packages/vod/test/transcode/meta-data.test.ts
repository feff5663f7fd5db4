import { describe, expect, it } from 'vitest';
import { toMetaData } from '../../src/transcode/index.ts';
import { sampleAudio, sampleSource, sampleVideo } from './source-samples.ts';

describe('toMetaData', () => {
  it('speaks the cloud’s names and units', () => {
    expect(toMetaData(sampleSource(), 'eff7')).toEqual({
      Size: 60_960_000,
      Container: 'mov,mp4,m4a,3gp,3g2,mj2',
      Bitrate: 8_128_000,
      Height: 1080,
      Width: 1920,
      Duration: 60,
      Rotate: 0,
      VideoDuration: 60,
      AudioDuration: 60,
      VideoStreamSet: [
        {
          Bitrate: 8_000_000,
          Height: 1080,
          Width: 1920,
          Codec: 'h264',
          Fps: 23,
          CodecTag: '',
          DynamicRangeInfo: { Type: 'SDR', HDRType: '' },
        },
      ],
      AudioStreamSet: [{ Bitrate: 128_000, SamplingRate: 48_000, Codec: 'aac' }],
      Md5: 'eff7',
    });
  });

  it('tells the stored size and the rotation apart', () => {
    const turned = sampleSource({ rotation: 90, display: { width: 1080, height: 1920 } });
    expect(toMetaData(turned)).toMatchObject({ Width: 1920, Height: 1080, Rotate: 90 });
  });

  it('describes sound alone with empty video fields', () => {
    const meta = toMetaData(sampleSource({ video: null, display: null, audio: [sampleAudio()] }));
    expect(meta).toMatchObject({
      Width: 0,
      Height: 0,
      VideoDuration: 0,
      VideoStreamSet: [],
      Bitrate: 128_000,
    });
  });

  it.each([
    ['smpte2084', { Type: 'HDR', HDRType: 'hdr10' }],
    ['arib-std-b67', { Type: 'HDR', HDRType: 'hlg' }],
    ['bt709', { Type: 'SDR', HDRType: '' }],
  ])('names the dynamic range of %s', (transfer, range) => {
    const video = sampleVideo({ transfer, codec: 'hevc', codecTag: 'hvc1', fps: 25 });
    expect(toMetaData(sampleSource({ video })).VideoStreamSet).toMatchObject([
      { DynamicRangeInfo: range, CodecTag: 'hvc1', Fps: 25 },
    ]);
  });
});
