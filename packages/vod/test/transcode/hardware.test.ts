import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HARDWARE, probeHardware, toHardware } from '../../src/transcode/hardware.ts';
import { createSandbox } from '../../src/transcode/sandbox.ts';
import { quietLogger } from '../support/media-tools.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';

const environment = { PATH: process.env['PATH'] ?? '' };
const encoders = new Set(HARDWARE.map((name) => `h264_${name}`));
const sandbox = createSandbox([]);

let scratch: Scratch;
beforeAll(async () => {
  scratch = await createScratch();
});
afterAll(() => scratch.remove());

/** An ffmpeg that can use only this hardware, as a machine with that device has it. */
async function makeFfmpeg(works: string): Promise<string> {
  const path = join(await scratch.subfolder(), 'ffmpeg');
  await writeFile(path, `#!/bin/sh\ncase "$*" in *h264_${works}*) exit 0;; *) exit 1;; esac\n`);
  await chmod(path, 0o755);
  return path;
}

describe('probeHardware', () => {
  const probe = { encoders, environment, sandbox, logger: quietLogger };

  it('looks for nothing unless it is asked for', async () => {
    expect(await probeHardware('off', { ...probe, ffmpegPath: '/nowhere' })).toBeUndefined();
  });

  it('takes the one that really encodes, and the named one only', async () => {
    const ffmpegPath = await makeFfmpeg('qsv');
    expect(await probeHardware('auto', { ...probe, ffmpegPath })).toBe('qsv');
    expect(await probeHardware('qsv', { ...probe, ffmpegPath })).toBe('qsv');
    expect(await probeHardware('nvenc', { ...probe, ffmpegPath })).toBeUndefined();
  });

  it('does not try what the build has not', async () => {
    const ffmpegPath = await makeFfmpeg('qsv');
    expect(await probeHardware('auto', { ...probe, ffmpegPath, encoders: new Set() })).toBeUndefined();
  });
});

describe('toHardware', () => {
  const args = [
    [
      '-filter_complex',
      '[0:v]split[a][v1];[a]scale=640:-2[v0]',
      '-map',
      '[v0]',
      '-map',
      '[v1]',
      '-map',
      '0:1',
    ],
    ['-c:v', 'libx264', '-preset', 'medium', '-profile:v', 'high', '-pix_fmt', 'yuv420p', '-crf', '23'],
    [
      '-maxrate:v:0',
      '400k',
      '-bufsize:v:0',
      '400k',
      '-g:v:0',
      '50',
      '-keyint_min:v:0',
      '50',
      '-sc_threshold',
      '0',
    ],
    ['-c:a', 'aac', '-f', 'mp4', 'out.mp4'],
  ].flat();
  const convert = (name: (typeof HARDWARE)[number], ffmpegArgs = args): { input: string; rest: string } => {
    const run = toHardware({ inputArgs: ['-ss', '3'], ffmpegArgs }, name);
    return { input: run.inputArgs.join(' '), rest: run.ffmpegArgs.join(' ') };
  };

  it('says the same to NVENC and Quick Sync, in their words', () => {
    const graph = '-filter_complex [0:v]split[a][v1];[a]scale=640:-2[v0] -map [v0] -map [v1] -map 0:1';
    const tail = '-maxrate:v:0 400k -bufsize:v:0 400k -g:v:0 50 -c:a aac -f mp4 out.mp4';
    expect(convert('nvenc')).toEqual({
      input: '-ss 3',
      rest: `${graph} -c:v h264_nvenc -preset p5 -profile:v high -pix_fmt yuv420p -rc:v vbr -cq:v 23 -b:v 0 ${tail}`,
    });
    expect(convert('qsv').rest).toBe(
      `${graph} -c:v h264_qsv -preset medium -profile:v high -pix_fmt nv12 -global_quality:v 23 ${tail}`,
    );
  });

  it('brings the pictures to the device for VAAPI', () => {
    expect(convert('vaapi')).toEqual({
      input: '-vaapi_device /dev/dri/renderD128 -ss 3',
      rest: [
        '-filter_complex [0:v]split[a][v1];[a]scale=640:-2[v0]',
        ';[v0]format=nv12,hwupload[hw_v0];[v1]format=nv12,hwupload[hw_v1]',
        ' -map [hw_v0] -map [hw_v1] -map 0:1 -c:v h264_vaapi -profile:v high -qp:v 23 -g:v:0 50',
        ' -c:a aac -f mp4 out.mp4',
      ].join(''),
    });
  });

  it('leaves alone what is not H.264 from a filter graph', () => {
    const hevc = args.map((arg) => (arg === 'libx264' ? 'libx265' : arg));
    const copied = ['-map', '0:v', '-c:v', 'copy', 'out.mp4'];
    for (const other of [hevc, copied]) expect(convert('vaapi', other).rest).toBe(other.join(' '));
  });
});
