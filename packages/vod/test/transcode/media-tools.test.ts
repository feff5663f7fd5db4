import { chmod, cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  planTranscode,
  prepareMediaTools,
  probeMedia,
  runTranscode,
  type MediaTools,
} from '../../src/transcode/index.ts';
import { createSandbox, DEFAULT_SANDBOX_LIMITS, probeSandbox } from '../../src/transcode/sandbox.ts';
import { createClipBox } from '../support/clips.ts';
import { quietLogger, useMediaTools } from '../support/media-tools.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';
import { spec } from './source-samples.ts';

const searchPath = process.env['PATH'] ?? '';
const target = `${process.platform}-${process.arch}`;
let scratch: Scratch;
let system: MediaTools;

beforeAll(async () => {
  scratch = await createScratch();
  system = await useMediaTools();
});
afterAll(() => scratch.remove());

/** The binaries of the two installer packages, as npm unpacks them and set executable. */
async function copyInstallers(): Promise<{ ffmpegPath: string; ffprobePath: string; version: string }> {
  const require = createRequire(import.meta.url);
  const folder = await scratch.subfolder();
  const [ffmpegPath, ffprobePath] = [join(folder, 'ffmpeg'), join(folder, 'ffprobe')];
  for (const [name, path] of [
    ['ffmpeg', ffmpegPath],
    ['ffprobe', ffprobePath],
  ] as const) {
    const packaged = dirname(require.resolve(`@${name}-installer/${target}/package.json`));
    await cp(join(packaged, name), path);
    await chmod(path, 0o755);
  }
  return { ffmpegPath, ffprobePath, version: '4.1' };
}

describe('the npm fallback', () => {
  it('makes the same renditions with ffmpeg 4.1', async () => {
    const paths = await copyInstallers();
    const tools = await prepareMediaTools(paths, { logger: quietLogger, searchPath });
    expect(tools).toMatchObject({ hasStatsPeriod: false, canToneMap: true });

    const box = createClipBox(scratch.folder, system);
    for (const clip of ['large', 'hdr', 'interlaced'] as const) {
      const sourcePath = await box.clip(clip);
      const source = await probeMedia(sourcePath, { tools });
      const plan = planTranscode(source, [spec(100010), spec(100020)], {
        x264Preset: 'veryfast',
        canToneMap: tools.canToneMap,
      });
      const percents: number[] = [];
      const { results } = await runTranscode(plan, {
        sourcePath,
        tools,
        scratchFolder: await scratch.subfolder(),
        signal: new AbortController().signal,
        onProgress: (percent) => percents.push(percent),
        logger: quietLogger,
      });
      expect(results).toMatchObject([
        { definition: 100010, info: { video: { codec: 'h264', profile: 'High', fps: 25 } } },
        { definition: 100020, info: { video: { codec: 'h264', profile: 'High', fps: 25 } } },
      ]);
      expect(percents.at(-1)).toBe(100);
    }
  });
});

describe('the sandbox', () => {
  const environment = { PATH: searchPath };

  it('keeps its layers in the one order that works', () => {
    const sandbox = createSandbox(['setpriv', 'nice', 'unshare']);
    const words = sandbox.wrap(['ffmpeg', '-version'], DEFAULT_SANDBOX_LIMITS);
    expect(sandbox.layers).toEqual(['nice', 'unshare', 'setpriv']);
    expect(words.filter((word) => /^(?:nice|unshare|setpriv|ffmpeg)$/.test(word))).toEqual([
      'nice',
      'unshare',
      'setpriv',
      'ffmpeg',
    ]);
  });

  it('leaves out what does not work here', async () => {
    const sandbox = await probeSandbox({
      command: ['true'],
      environment: { PATH: '/nowhere' },
      logger: quietLogger,
    });
    expect(sandbox.layers).toEqual([]);
    expect(sandbox.wrap(['true'], DEFAULT_SANDBOX_LIMITS)).toEqual(['true']);
  });

  it('limits the process and takes its network away', async () => {
    const sandbox = await probeSandbox({ command: ['true'], environment, logger: quietLogger });
    const script = 'ulimit -v; ulimit -c; nice; cat /proc/net/dev';
    const command = sandbox.wrap(['sh', '-c', script], { addressSpaceBytes: 2 ** 30, fileBytes: 2 ** 20 });
    const [file = '', ...args] = command;
    const { stdout } = await execa(file, args);
    const [memory, core, niceness, ...network] = stdout.split('\n');
    expect([memory, core, niceness]).toEqual([String(2 ** 20), '0', '10']);
    expect(network.filter((line) => /^\s*\w+:/.test(line)).map((line) => line.trim().split(':')[0])).toEqual([
      'lo',
    ]);
  });
});
