import { findPresetTemplate } from '@vodstack/protocol';
import { describe, expect, it } from 'vitest';
import { planTask, type TaskJob } from '../../src/tasks/plan-task.ts';
import { TEMPLATE_KINDS } from '../../src/tasks/plan-subtask.ts';
import { describePlan } from '../../src/tasks/task-plan-view.ts';
import type { SubtaskKind } from '../../src/tables.ts';
import { MediaError } from '../../src/transcode/index.ts';
import { sampleSource, sampleTools as tools } from '../transcode/source-samples.ts';

// The tables of https://cloud.tencent.com/document/product/266/33476, and of the presets before 2020.

/** The arguments of all of ffmpeg's runs for one preset, over a source of 1080p with 24 pictures a second. */
function argumentsOf(kind: SubtaskKind, definition: number, input: object = {}): string {
  const source = sampleSource();
  const parameters = findPresetTemplate(TEMPLATE_KINDS[kind], definition)?.parameters;
  if (!parameters) throw new Error(`there is no preset ${kind} ${definition}`);
  const lead = { kind, definition, position: 0, input };
  const job: TaskJob = { lead, positions: [0], parameters, watermarks: [] };
  const plan = planTask(source, [job], { source, tools, x264Preset: 'medium', fileId: '1' });
  for (const failure of plan.failures.values()) throw failure;
  return describePlan(plan)
    .map((run) => run.arguments.join(' '))
    .join('\n');
}

const LEVELS = [
  ['FLU', 10, 640, 360, 400, 64],
  ['SD', 20, 960, 540, 1000, 64],
  ['HD', 30, 1280, 720, 1800, 128],
  ['FHD', 40, 1920, 1080, 2500, 128],
  ['2K', 70, 2560, 1440, 3000, 160],
  ['4K', 80, 3840, 2160, 6000, 160],
] as const;

describe('the presets of today', () => {
  it.each(LEVELS)('make %s as the table says, as MP4 and as HLS', (_, id, width, height, kbps, audioKbps) => {
    for (const [definition, name] of [
      [100_000 + id, `v.f${100_000 + id}.mp4`],
      [100_200 + id, `v.f${100_200 + id}.m3u8`],
    ] as const) {
      const shown = argumentsOf('Transcode', definition);
      expect(shown).toContain('fps=25');
      expect(shown).toContain(`scale=${width}:${height}`);
      expect(shown).toContain('-c:v:0 libx264');
      expect(shown).toContain(`-maxrate:v:0 ${kbps}k`);
      expect(shown).toContain(`-b:a:0 ${audioKbps}k -ar:a:0 44100 -ac:a:0 2`);
      expect(shown).toContain(name);
    }
  });

  it.each([
    [100_800, 1920, 1080, undefined],
    [100_810, 640, 360, 64],
    [100_820, 960, 540, 64],
    [100_830, 1280, 720, 128],
    [100_840, 1920, 1080, 128],
  ])('make TESHD %i without a limit of bits', (definition, width, height, audioKbps) => {
    const shown = argumentsOf('Transcode', definition);
    expect(shown).toContain(`scale=${width}:${height}`);
    expect(shown).toMatch(/fps=25\D.* -c:v:0 libx264 .*-crf:v:0 24 /s);
    expect(shown).not.toContain('-maxrate');
    expect(/-b:a:0 (\d+)k/.exec(shown)?.[1]).toBe(audioKbps?.toString());
  });

  it.each([
    [1100, 'm4a', 'aac', 24],
    [1110, 'm4a', 'aac', 48],
    [1120, 'm4a', 'aac', 96],
    [1130, 'm4a', 'aac', 192],
    [1140, 'm4a', 'aac', 256],
    [1010, 'mp3', 'libmp3lame', 128],
    [1020, 'mp3', 'libmp3lame', 320],
  ])('make sound alone of %i: %s', (definition, container, encoder, kbps) => {
    const shown = argumentsOf('Transcode', definition);
    expect(shown).toContain(`-c:a:0 ${encoder} `);
    expect(shown).toContain(`-b:a:0 ${kbps}k -ar:a:0 44100 -ac:a:0 2`);
    expect(shown).not.toContain('-c:v');
    expect(shown).toContain(`v.f${definition}.${container}`);
  });

  it.each([
    [875, '-f mp4'],
    [876, '-f hls'],
  ])('take the streams over as they are in %i', (definition, muxer) => {
    const shown = argumentsOf('Transcode', definition);
    expect(shown).toContain('-c:v copy');
    expect(shown).toContain('-c:a copy');
    expect(shown).toContain(muxer);
  });

  it.each([
    [10, ['426:240', '852:480', '1280:720', '1920:1080'], '-f hls'],
    [12, ['426:240', '852:480', '1280:720', '1920:1080'], '-hls_key_info_file'],
    [20, ['426:240', '852:480', '1280:720', '1920:1080', '2560:1440', '3840:2160'], '-f dash'],
  ])('make adaptive %i with its streams, 24 pictures a second', (definition, sizes, muxer) => {
    const shown = argumentsOf('AdaptiveDynamicStreaming', definition);
    expect(shown).toContain('fps=24:');
    for (const size of sizes) expect(shown).toContain(`scale=${size}`);
    expect(shown.match(/-c:v:\d libx264/g)).toHaveLength(sizes.length);
    const rates = [256, 512, 1024, 2500, 3072, 6144].slice(0, sizes.length);
    rates.forEach((kbps, i) => expect(shown).toContain(`-maxrate:v:${i} ${kbps}k`));
    expect(shown).toContain('-b:a:0 48k -ar:a:0 44100 -ac:a:0 2');
    expect(shown).toContain(muxer);
  });

  it.each([11, 13])('refuse adaptive %i, which needs a licence server', (definition) => {
    expect(() => argumentsOf('AdaptiveDynamicStreaming', definition)).toThrow(MediaError);
  });

  it('take pictures in the source’s size, sprites in theirs, and animations of two pictures a second', () => {
    const cover = { PositionType: 'Time', PositionValue: 1 };
    for (const shown of [
      argumentsOf('CoverBySnapshot', 10, cover),
      argumentsOf('SnapshotByTimeOffset', 10, { ExtTimeOffsetSet: ['1s'] }),
      argumentsOf('SampleSnapshot', 10),
    ]) {
      expect(shown).toMatch(/scale=1920:1080/);
      expect(shown).toContain('.jpg');
    }
    const sprites = argumentsOf('ImageSprites', 10);
    expect(sprites).toContain('142:80');
    expect(sprites).toContain('tile=10x10');
    for (const [definition, format] of [
      [20_000, 'gif'],
      [20_001, 'webp'],
    ] as const) {
      const shown = argumentsOf('AnimatedGraphics', definition, { StartTimeOffset: 0, EndTimeOffset: 2 });
      expect(shown).toContain('fps=2');
      expect(shown).toContain(`v.f${definition}.${format}`);
    }
  });
});

/** Level, ids of MP4, HLS and FLV, size over a source of 1080p, kbit/s, pictures a second. */
const OLD_H264 = [
  ['FLU', [10, 210, 10_046], '320:180', 256, 24],
  ['SD', [20, 220, 10_047], '640:360', 512, 24],
  ['HD', [30, 230, 10_048], '1280:720', 1024, 24],
  ['FHD', [40, 240, 10_049], '1920:1080', 2500, 24],
  ['2K', [70, 270, 370], '2560:1440', 3072, 30],
  ['4K', [80, 280, 380], '3840:2160', 6144, 30],
] as const;

const OLD_H265 = [
  ['FLU', [510, 610, 710], '426:240', 250, 15],
  ['SD', [520, 620, 720], '852:480', 600, 24],
  ['HD', [530, 630, 730], '1280:720', 800, 25],
  ['FHD', [540, 640, 740], '1920:1080', 1400, 30],
  ['2K', [570, 670, 770], '2560:1440', 2048, 30],
  ['4K', [580, 680, 780], '3840:2160', 4096, 30],
] as const;

describe('the presets of before 2020', () => {
  it.each(OLD_H264)('make H.264 %s', (_, ids, size, kbps, fps) => {
    for (const [i, definition] of ids.entries()) {
      const shown = argumentsOf('Transcode', definition);
      expect(shown).toContain(`fps=${fps}:`);
      expect(shown).toContain(`scale=${size}`);
      expect(shown).toMatch(/-c:v:0 libx264 .*-profile:v:0 high /);
      expect(shown).toContain(`-maxrate:v:0 ${kbps}k`);
      expect(shown).toContain('-g:v:0 240');
      expect(shown).toContain('-b:a:0 48k -ar:a:0 44100 -ac:a:0 2');
      expect(shown).toContain(`-c:a:0 ${i === 2 ? 'libmp3lame' : 'aac'}`);
      expect(shown).toContain(`-f ${['mp4', 'hls', 'flv'][i]}`);
    }
  });

  it.each(OLD_H265)('make H.265 %s, but not in FLV', (_, [mp4, hls, flv], size, kbps, fps) => {
    for (const definition of [mp4, hls]) {
      const shown = argumentsOf('Transcode', definition);
      expect(shown).toContain(`fps=${fps}:`);
      expect(shown).toContain(`scale=${size}`);
      expect(shown).toContain('-c:v:0 libx265');
      expect(shown).toContain('keyint=240');
      expect(shown).toContain(`-maxrate:v:0 ${kbps}k`);
    }
    expect(() => argumentsOf('Transcode', flv)).toThrow('FLV holds H.264 only');
  });
});
