import { findPresetTemplate, type TemplateKind } from '@vodstack/protocol';
import { describe, expect, it } from 'vitest';
import { planTask, type TaskJob, type TaskPlan, type TaskPlanContext } from '../../src/tasks/plan-task.ts';
import { describePlan } from '../../src/tasks/task-plan-view.ts';
import { TEMPLATE_KINDS } from '../../src/tasks/plan-subtask.ts';
import type { SubtaskKind } from '../../src/tables.ts';
import type { SourceInfo } from '../../src/transcode/index.ts';
import { sampleSource, sampleTools as tools } from '../transcode/source-samples.ts';

function job(kind: SubtaskKind, definition: number, position: number, changes: object = {}): TaskJob {
  const templateKind: TemplateKind = TEMPLATE_KINDS[kind];
  const parameters = findPresetTemplate(templateKind, definition)?.parameters ?? {};
  return {
    lead: { kind, definition, position, input: {} },
    positions: [position],
    parameters: { ...parameters, ...changes },
    watermarks: [],
  };
}

function plan(jobs: readonly TaskJob[], source: SourceInfo = sampleSource()): TaskPlan {
  const context: TaskPlanContext = { source, tools, x264Preset: 'medium', fileId: '1' };
  return planTask(source, jobs, context);
}

function runsOf(jobs: readonly TaskJob[], source?: SourceInfo): { name: string; shown: string }[] {
  return describePlan(plan(jobs, source)).map((run) => ({ name: run.name, shown: run.arguments.join(' ') }));
}

const cover = job('CoverBySnapshot', 10, 0);
const sprites = job('ImageSprites', 10, 1);
const adaptive = job('AdaptiveDynamicStreaming', 10, 2);

describe('the plan of a task', () => {
  it('decodes the source once for an adaptive result, which is packed afterwards', () => {
    const { shared, works } = plan([adaptive]);
    expect(shared.pictures.map(({ height, fps }) => [height, fps])).toEqual([
      [240, 24],
      [480, 24],
      [720, 24],
      [1080, 24],
    ]);
    expect(shared.ffmpegArgs.filter((argument) => argument.startsWith('-c:a'))).toEqual(['-c:a:0']);
    const [run] = works[0]?.runs ?? [];
    expect(run?.files?.map(({ file }) => file)).toEqual([
      ...[0, 1, 2, 3].map((i) => `../shared/picture-${i}.mp4`),
      '../shared/sound-0.mp4',
    ]);
    expect(run?.ffmpegArgs.join(' ')).toContain(
      '-map 3:v:0 -map 4:a:0 -map 4:a:0 -map 4:a:0 -map 4:a:0 -c copy',
    );
  });

  it('encodes what MP4, HLS and adaptive streams have in common once', () => {
    const level = {
      Video: { Codec: 'libx264', Fps: 25, Bitrate: 400, Width: 0, Height: 360 },
      Audio: { Codec: 'libfdk_aac', Bitrate: 64, SampleRate: 44_100, AudioChannel: 2 },
    };
    const own = job('AdaptiveDynamicStreaming', 9000, 2, { Format: 'HLS', StreamInfos: [level] });
    const jobs = [job('Transcode', 100_010, 0), job('Transcode', 100_210, 1), own];
    const { shared, works } = plan(jobs);
    expect(shared.pictures).toHaveLength(1);
    expect(shared.ffmpegArgs.at(-1)?.split('|')).toHaveLength(1);
    for (const { runs } of works) {
      expect(runs[0]?.files).toEqual([{ file: '../shared/v.f100010.mp4' }]);
    }
  });

  it('takes sprites from keyframes of the smallest rendition that is large enough', () => {
    const runs = runsOf([cover, sprites, adaptive]);
    expect(runs.map(({ name }) => name)).toEqual([
      'shared',
      'CoverBySnapshot-10-0',
      'ImageSprites-10-1',
      'AdaptiveDynamicStreaming-10-2',
    ]);
    expect(runs[2]?.shown).toMatch(/^-skip_frame nokey -i \.\.\/shared\/picture-0\.mp4 /);
    expect(runs[1]?.shown).toMatch(/^-ss 0\.000 -i source /);
  });

  it('decodes all of the rendition when a time falls between keyframes', () => {
    const runs = runsOf([job('ImageSprites', 10, 1, { SampleInterval: 3 }), adaptive]);
    expect(runs[1]?.shown).toMatch(/^-i \.\.\/shared\/picture-0\.mp4 /);
  });

  it('never enlarges a rendition: what is too large for all of them comes from the source', () => {
    const runs = runsOf([job('SampleSnapshot', 10, 0), job('Transcode', 100_010, 1)]);
    expect(runs[1]?.shown).toMatch(/^-i source /);
  });

  it('gives parts, watermarks and AV1 runs of their own', () => {
    const part = { ...job('Transcode', 100_010, 0), lead: { ...job('Transcode', 100_010, 0).lead } };
    const cut: TaskJob = { ...part, lead: { ...part.lead, input: { StartTimeOffset: 3 } } };
    const { shared, works } = plan([job('Transcode', 100_020, 1), cut]);
    expect(shared.outputs.map(({ definition }) => definition)).toEqual([100_020]);
    expect(works[0]).toMatchObject({ needs: null });
  });

  it('is a run of its own for one rendition that nobody shares', () => {
    const { shared, works } = plan([job('Transcode', 100_210, 0)]);
    expect(shared.ffmpegArgs).toEqual([]);
    expect(works[0]).toMatchObject({
      needs: null,
      runs: [{ ffmpegArgs: expect.arrayContaining(['libx264']) }],
    });
  });

  it('fails only the sub-task that cannot be planned', () => {
    const { failures, shared } = plan([job('AdaptiveDynamicStreaming', 11, 0), job('Transcode', 100_010, 1)]);
    expect([...failures].map(([{ positions }, { errCodeExt }]) => [positions, errCodeExt])).toEqual([
      [[0], 'InvalidInput.ConfigurationUnsupported'],
    ]);
    expect(shared.outputs).toHaveLength(1);
  });

  it('is shown without folders of the machine and without keys', () => {
    const shown = JSON.stringify(describePlan(plan([job('AdaptiveDynamicStreaming', 12, 0), sprites])));
    expect(shown).not.toMatch(/\/opt|\/tmp|"\//);
    expect(shown).toContain('key.info');
  });
});
