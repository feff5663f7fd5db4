import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  planTranscode,
  probeMedia,
  runTranscode,
  type MediaTools,
  type RenditionSpec,
  type TranscodedFile,
  type TranscodeLimits,
  type TranscodeResult,
} from '../../src/transcode/index.ts';
import { createClipBox, type ClipBox, type ClipName } from '../support/clips.ts';
import { quietLogger, useMediaTools } from '../support/media-tools.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';
import { spec } from './source-samples.ts';

let tools: MediaTools;
let scratch: Scratch;
let box: ClipBox;
const percents: number[] = [];

beforeAll(async () => {
  tools = await useMediaTools();
  scratch = await createScratch();
  box = createClipBox(scratch.folder, tools);
});
afterAll(() => scratch.remove());

async function transcode(
  sourcePath: string,
  specs: readonly RenditionSpec[],
  limits: TranscodeLimits = {},
): Promise<readonly TranscodeResult[]> {
  const source = await probeMedia(sourcePath, { tools });
  const plan = planTranscode(source, specs, { x264Preset: 'veryfast', canToneMap: tools.canToneMap });
  percents.length = 0;
  const { results } = await runTranscode(plan, {
    sourcePath,
    tools,
    scratchFolder: await scratch.subfolder(),
    signal: new AbortController().signal,
    onProgress: (percent) => percents.push(percent),
    logger: quietLogger,
    limits,
  });
  return results;
}

function assertDone(result: TranscodeResult | undefined): asserts result is TranscodedFile {
  if (result === undefined || !('path' in result)) throw new Error(`not made: ${JSON.stringify(result)}`);
}

async function transcodeOne(sourcePath: string, definition: number): Promise<TranscodedFile> {
  const [result] = await transcode(sourcePath, [spec(definition)]);
  assertDone(result);
  return result;
}

/** What every rendition with a 25 fps template must be. */
const standardVideo = {
  codec: 'h264',
  profile: 'High',
  pixelFormat: 'yuv420p',
  fps: 25,
  sampleAspect: 1,
  isInterlaced: false,
};
const standardAudio = { codec: 'aac', sampleRateHz: 44_100, channels: 2 };

describe('renditions made by one run', () => {
  it('are as the templates say, with the file’s own size and digest', async () => {
    const results = await transcode(await box.clip('large'), [spec(100010), spec(100020), spec(100030)]);
    const sizes = [
      { definition: 100010, width: 640, height: 360 },
      { definition: 100020, width: 960, height: 540 },
      { definition: 100030, width: 1280, height: 720 },
    ];
    for (const [i, { definition, ...size }] of sizes.entries()) {
      const result = results[i];
      assertDone(result);
      const content = await readFile(result.path);
      expect(result).toMatchObject({
        definition,
        fileName: `v.f${definition}.mp4`,
        sizeBytes: content.length,
        md5: createHash('md5').update(content).digest('hex'),
        info: {
          rotation: 0,
          display: size,
          video: { ...standardVideo, frameCount: 50 },
          audio: [standardAudio],
        },
      });
      expect(result.info.video?.durationSec).toBeCloseTo(2, 1);
      expect(content.indexOf('moov')).toBeLessThan(content.indexOf('mdat'));
    }
  });

  it('report percents that only rise, and 100 only at the end', async () => {
    await transcodeOne(await box.clip('faststart'), 100010);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(percents.at(-1)).toBe(100);
    expect(percents.filter((percent) => percent === 100)).toHaveLength(1);
  });

  it('carry nothing of the uploader’s metadata', async () => {
    const { path } = await transcodeOne(await box.clip('surround'), 100010);
    expect((await readFile(path)).includes('DURATION')).toBe(false);
  });
});

describe('each kind of source', () => {
  const cases: [ClipName, number, object][] = [
    ['portrait', 100020, { width: 540, height: 952 }],
    ['odd', 100010, { width: 640, height: 360 }],
    ['tiny', 100010, { width: 360, height: 360 }],
    ['hevc10', 100010, { width: 640, height: 360 }],
    ['variableRate', 100010, { width: 640, height: 360, frameCount: 50 }],
    ['anamorphic', 100010, { width: 640, height: 360 }],
    ['interlaced', 100010, { width: 450, height: 360 }],
    ['silent', 100010, { width: 640, height: 360 }],
    ['liveWebm', 100010, { width: 640, height: 360 }],
  ];

  it.each(cases)('“%s” becomes template %i of the right size', async (name, definition, video) => {
    const { info } = await transcodeOne(await box.clip(name), definition);
    expect(info.video).toMatchObject({ ...standardVideo, ...video });
  });

  it('turned by 90° stands upright afterwards', async () => {
    const { info } = await transcodeOne(await box.rotated(), 100010);
    expect(info).toMatchObject({ rotation: 0, video: { width: 360, height: 640 } });
  });

  it('with HDR becomes BT.709', async () => {
    const { info } = await transcodeOne(await box.clip('hdr'), 100010);
    expect(info.video).toMatchObject({
      ...standardVideo,
      transfer: 'bt709',
      primaries: 'bt709',
      matrix: 'bt709',
    });
  });

  it('with 5.1 sound becomes stereo', async () => {
    const { info } = await transcodeOne(await box.clip('surround'), 100010);
    expect(info.audio).toMatchObject([standardAudio]);
  });

  it('without sound stays without', async () => {
    expect((await transcodeOne(await box.clip('silent'), 100010)).info.audio).toEqual([]);
  });

  it('whose picture begins late is filled from the front', async () => {
    const { info } = await transcodeOne(await box.clip('lateVideo'), 100010);
    expect(info.video?.startSec).toBe(0);
    expect(info.video?.durationSec).toBeCloseTo(3, 0);
  });

  it('with sound only is turned down for each template', async () => {
    expect(await transcode(await box.clip('audioOnly'), [spec(100010), spec(100020)])).toMatchObject([
      { definition: 100010, errCodeExt: 'SourceFileError.NoVideoMedia' },
      { definition: 100020, errCodeExt: 'SourceFileError.NoVideoMedia' },
    ]);
  });

  it('with absurd time stamps is turned down', async () => {
    expect(await transcode(await box.clip('timeStampBomb'), [spec(100010)])).toMatchObject([
      { errCodeExt: 'SourceFileError.ContentMalformed', message: expect.stringContaining('3 frames') },
    ]);
  });

  it('with an absurd shape is turned down', async () => {
    expect(await transcode(await box.clip('strip'), [spec(100010)])).toMatchObject([
      { errCodeExt: 'SourceFileError.ContentUnsupported' },
    ]);
  });
});

describe('a run that ends well without being well', () => {
  it('is found out when the source was cut in half', async () => {
    const [result] = await transcode(await box.cut('faststart', 0.5), [spec(100010)]);
    expect(result).toMatchObject({
      errCodeExt: 'SourceFileError.ContentMalformed',
      message: expect.stringMatching(/^the source says 8\.0 s but only [34]\.\d s could be decoded$/),
    });
    expect(percents).not.toContain(100);
  });

  it('cannot be led to another file by a playlist', async () => {
    const secret = await box.clip('landscape');
    const playlist = await box.write(
      'leak.mp4',
      `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n${secret}\n#EXT-X-ENDLIST\n`,
    );
    const plan = planTranscode(await probeMedia(secret, { tools }), [spec(100010)], { canToneMap: false });
    const scratchFolder = await scratch.subfolder();
    const {
      results: [result],
    } = await runTranscode(plan, {
      sourcePath: playlist,
      tools,
      scratchFolder,
      signal: new AbortController().signal,
      onProgress: () => {},
      logger: quietLogger,
    });
    expect(result).toMatchObject({ errCodeExt: expect.stringMatching(/^SourceFileError/) });
    expect(JSON.stringify(result)).not.toContain(scratch.folder);
    await expect(stat(`${scratchFolder}/v.f100010.mp4`)).rejects.toThrow('ENOENT');
  });
});

describe('the limits', () => {
  it('stop a result that outgrows its size', async () => {
    expect(
      await transcode(await box.clip('faststart'), [spec(100010)], { outputFileBytes: 20_000 }),
    ).toMatchObject([
      { errCodeExt: 'InvalidInput.ResultFileSizeTooLarge', message: 'the result grew past its size limit' },
    ]);
  });

  it('stop a run that takes too much memory', async () => {
    expect(
      await transcode(await box.clip('faststart'), [spec(100010)], { addressSpaceBytes: 3e8 }),
    ).toMatchObject([{ errCodeExt: 'InternalError' }]);
  });
});
