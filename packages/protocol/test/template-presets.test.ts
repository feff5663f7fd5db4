import { describe, expect, it } from 'vitest';
import { findPresetTemplate, listPresetTemplates, presetProcedures, transcodePresets } from '../src/index.ts';

describe('preset templates', () => {
  it.each(transcodePresets)('$name says the same as ever', ({ definition, video, audio }) => {
    const { VideoTemplate, AudioTemplate, Container } =
      findPresetTemplate('Transcode', definition)?.parameters ?? {};
    expect(Container).toBe('mp4');
    expect(VideoTemplate).toMatchObject({
      Codec: 'libx264',
      ResolutionAdaptive: 'open',
      Width: 0,
      Height: video.shortSide,
      Bitrate: video.bitrateKbps,
      Fps: 25,
    });
    expect(AudioTemplate).toMatchObject({ Bitrate: audio.bitrateKbps, SampleRate: 44_100, AudioChannel: 2 });
  });

  it('of before 2020 are found but not listed', () => {
    expect(findPresetTemplate('Transcode', 10)?.parameters.VideoTemplate).toMatchObject({
      Width: 320,
      Height: 0,
      ResolutionAdaptive: 'close',
    });
    expect(listPresetTemplates('Transcode').map(({ definition }) => definition)).toEqual([
      875, 876, 1010, 1020, 1100, 1110, 1120, 1130, 1140, 100_010, 100_020, 100_030, 100_040, 100_070,
      100_080, 100_210, 100_220, 100_230, 100_240, 100_270, 100_280, 100_800, 100_810, 100_820, 100_830,
      100_840,
    ]);
  });

  it('have ids of their own within a kind', () => {
    for (const kind of ['Transcode', 'AdaptiveDynamicStreaming', 'AnimatedGraphics'] as const) {
      const ids = listPresetTemplates(kind).map(({ definition }) => definition);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it('exist for everything that a preset procedure asks for', () => {
    for (const { mediaProcessTask } of presetProcedures) {
      for (const { Definition } of mediaProcessTask.AdaptiveDynamicStreamingTaskSet ?? []) {
        expect(findPresetTemplate('AdaptiveDynamicStreaming', Definition)).toBeDefined();
      }
    }
  });
});
