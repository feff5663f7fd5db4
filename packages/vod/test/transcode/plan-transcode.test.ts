import { describe, expect, it } from 'vitest';
import { planTranscode, type PlanOptions, type TranscodePlan } from '../../src/transcode/index.ts';
import { sampleAudio, sampleSource, sampleVideo, spec } from './source-samples.ts';

const options: PlanOptions = { x264Preset: 'veryfast', canToneMap: true };

function graphOf(plan: TranscodePlan): string[] {
  const [, graph = ''] = plan.ffmpegArgs;
  return graph.split(';');
}

function valuesOf(plan: TranscodePlan, option: string): (string | undefined)[] {
  return plan.ffmpegArgs.flatMap((argument, i) => (argument === option ? [plan.ffmpegArgs[i + 1]] : []));
}

describe('the filter graph', () => {
  it('drops frames first, then scales from the largest to the smallest', () => {
    const plan = planTranscode(sampleSource(), [spec(100010), spec(100020)], options);
    expect(graphOf(plan)).toEqual([
      '[0:0]fps=25:start_time=0[step0_0]',
      '[step0_0]scale=960:540:flags=bicubic,format=yuv420p,setsar=1,split=2[v1][step0_1]',
      '[step0_1]scale=640:360:flags=bicubic,format=yuv420p,setsar=1[v0]',
    ]);
  });

  it('takes enlarged renditions straight from the source', () => {
    const source = sampleSource({ display: { width: 800, height: 450 } });
    expect(graphOf(planTranscode(source, [spec(100010), spec(100020)], options))).toEqual([
      '[0:0]fps=25:start_time=0,split=2[up0_0][step0_0]',
      '[up0_0]scale=960:540:flags=bicubic,format=yuv420p,setsar=1[v1]',
      '[step0_0]scale=640:360:flags=bicubic,format=yuv420p,setsar=1[v0]',
    ]);
  });

  it('tone-maps HDR after the first scale, once for all renditions', () => {
    const source = sampleSource({ video: sampleVideo({ transfer: 'arib-std-b67' }) });
    const [head = '', ...rest] = graphOf(planTranscode(source, [spec(100010), spec(100020)], options));
    expect(head).toMatch(
      /^\[0:0\]fps=25:start_time=0,scale=960:540,zscale=tin=arib-std-b67:min=bt2020nc:pin=bt2020:t=linear/,
    );
    expect(rest.join()).not.toContain('zscale');
  });

  it('leaves HDR as it is when this ffmpeg cannot tone-map', () => {
    const source = sampleSource({ video: sampleVideo({ transfer: 'smpte2084' }) });
    const plan = planTranscode(source, [spec(100010)], { ...options, canToneMap: false });
    expect(graphOf(plan).join()).not.toContain('zscale');
  });

  it('deinterlaces only what is marked as interlaced, before frames are dropped', () => {
    const interlaced = sampleSource({ video: sampleVideo({ isInterlaced: true }) });
    expect(graphOf(planTranscode(interlaced, [spec(100010)], options))[0]).toBe(
      '[0:0]bwdif=mode=send_frame:deint=interlaced,fps=25:start_time=0[step0_0]',
    );
    expect(graphOf(planTranscode(sampleSource(), [spec(100010)], options)).join()).not.toContain('bwdif');
  });

  it('divides by frame rate when the specs differ in it', () => {
    const slow = { ...spec(100020), video: { ...spec(100020).video, fps: 15 } };
    const plan = planTranscode(sampleSource(), [spec(100010), slow], options);
    expect(graphOf(plan)).toEqual([
      '[0:0]split=2[rate0][rate1]',
      '[rate0]fps=25:start_time=0[step0_0]',
      '[step0_0]scale=640:360:flags=bicubic,format=yuv420p,setsar=1[v0]',
      '[rate1]fps=15:start_time=0[step1_0]',
      '[step1_0]scale=960:540:flags=bicubic,format=yuv420p,setsar=1[v1]',
    ]);
    expect(valuesOf(plan, '-g:v:1')).toEqual(['30']);
  });

  it('takes nothing but numbers from the file', () => {
    const hostile = sampleVideo({
      transfer: 'smpte2084',
      matrix: 'x;movie=/etc/passwd',
      primaries: "'[0:1]",
    });
    const graph = graphOf(planTranscode(sampleSource({ video: hostile }), [spec(100010)], options)).join(';');
    expect(graph).not.toMatch(/movie|passwd|'/);
  });
});

describe('the sizes', () => {
  it.each([
    [{ width: 544, height: 960 }, 100020, { width: 540, height: 952 }],
    [{ width: 854, height: 480 }, 100020, { width: 960, height: 540 }],
    [{ width: 854, height: 480 }, 100030, { width: 1280, height: 720 }],
    [{ width: 3, height: 3 }, 100010, { width: 360, height: 360 }],
  ])('scales %o by template %i to %o, as the cloud does', (display, definition, size) => {
    const [output] = planTranscode(sampleSource({ display }), [spec(definition)], options).outputs;
    expect(output).toMatchObject({ ...size, fileName: `v.f${definition}.mp4` });
  });
});

describe('the encoders', () => {
  it('cap the rate of each rendition with a buffer of one second and put a keyframe every two', () => {
    const plan = planTranscode(sampleSource(), [spec(100010), spec(100030)], options);
    expect(plan.ffmpegArgs.join(' ')).toContain(
      '-c:v:1 libx264 -preset:v:1 veryfast -profile:v:1 high -pix_fmt:v:1 yuv420p -crf:v:1 23 -maxrate:v:1 1800k -bufsize:v:1 1800k ' +
        '-g:v:1 50 -keyint_min:v:1 50 -sc_threshold:v:1 0',
    );
    expect([valuesOf(plan, '-maxrate:v:0'), valuesOf(plan, '-bufsize:v:0')]).toEqual([['400k'], ['400k']]);
  });

  it('encode the sound once for specs that agree', () => {
    const plan = planTranscode(sampleSource(), [spec(100010), spec(100020)], options);
    expect(valuesOf(plan, '-map')).toEqual(['[v0]', '[v1]', '0:1']);
    expect(plan.ffmpegArgs.at(-1)).toBe(
      String.raw`[select=\'v:0,a:0\':f=mp4:onfail=abort:movflags=+faststart]v.f100010.mp4|` +
        String.raw`[select=\'v:1,a:0\':f=mp4:onfail=abort:movflags=+faststart]v.f100020.mp4`,
    );
  });

  it('encode the sound once for each setting when specs differ', () => {
    const plan = planTranscode(sampleSource(), [spec(100030), spec(100010), spec(100020)], options);
    expect(valuesOf(plan, '-map')).toEqual(['[v0]', '[v1]', '[v2]', '0:1', '0:1']);
    expect([valuesOf(plan, '-b:a:0'), valuesOf(plan, '-b:a:1')]).toEqual([['128k'], ['64k']]);
    expect(plan.ffmpegArgs.at(-1)?.match(/v:\d,a:\d/g)).toEqual(['v:0,a:0', 'v:1,a:1', 'v:2,a:1']);
  });

  it('take the default track among those that can be decoded', () => {
    const tracks = [
      sampleAudio({ index: 1, codec: 'unknown' }),
      sampleAudio({ index: 2, isDefault: false }),
      sampleAudio({ index: 3 }),
    ];
    const plan = planTranscode(sampleSource({ audio: tracks }), [spec(100010)], options);
    expect(valuesOf(plan, '-map')).toEqual(['[v0]', '0:3']);
  });

  it('make renditions without sound from a source without sound', () => {
    const plan = planTranscode(sampleSource({ audio: [] }), [spec(100010)], options);
    expect(plan.ffmpegArgs.join(' ')).not.toMatch(/-c:a|a:0/);
    expect(plan.outputs).toMatchObject([{ hasAudio: false }]);
  });

  it('end the output a second after the source, whatever its time stamps say', () => {
    const plan = planTranscode(sampleSource({ durationSec: 12.459 }), [spec(100010)], options);
    expect(valuesOf(plan, '-t')).toEqual(['14']);
  });
});

describe('a source that cannot be transcoded', () => {
  it.each([
    ['sound only', { video: null, display: null }, 'SourceFileError.NoVideoMedia', 'no video'],
    [
      'no size',
      { video: sampleVideo({ width: 0 }) },
      'SourceFileError.NoVideoResolution',
      'size of the picture',
    ],
    [
      'three frames in ten hours',
      { durationSec: 36_001, video: sampleVideo({ frameCount: 3 }) },
      'SourceFileError.ContentMalformed',
      '3 frames in 36001 s',
    ],
    [
      'two days',
      { durationSec: 172_800, video: sampleVideo({ frameCount: null }) },
      'SourceFileError.ContentUnsupported',
      '172800 s',
    ],
    ['a strip', { display: { width: 3000, height: 20 } }, 'SourceFileError.ContentUnsupported', '54000x360'],
  ] as const)('is rejected for each spec with a reason: %s', (_, changes, errCodeExt, reason) => {
    const plan = planTranscode(sampleSource(changes), [spec(100010)], options);
    expect(plan).toMatchObject({ outputs: [], ffmpegArgs: [] });
    expect(plan.rejected).toEqual([
      { definition: 100010, errCodeExt, message: expect.stringContaining(reason) },
    ]);
  });

  it('loses only the renditions that would become too long', () => {
    const plan = planTranscode(
      sampleSource({ display: { width: 4000, height: 200 } }),
      [spec(100010), spec(100020)],
      options,
    );
    expect(plan.outputs.map((output) => output.definition)).toEqual([100010]);
    expect(plan.rejected.map((output) => output.definition)).toEqual([100020]);
  });

  it('is planned once when a definition is asked for twice', () => {
    expect(planTranscode(sampleSource(), [spec(100010), spec(100010)], options).outputs).toHaveLength(1);
  });
});
