import { join } from 'node:path';
import { execa } from 'execa';
import { readdir, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  planTranscode,
  probeMedia,
  runTranscode,
  type MediaTools,
  type TranscodeLimits,
  type TranscodePlan,
  type TranscodeResult,
} from '../../src/transcode/index.ts';
import { createClipBox, type ClipBox } from '../support/clips.ts';
import { quietLogger, useMediaTools } from '../support/media-tools.ts';
import { processesIn } from '../support/processes.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';
import { waitUntil } from '../support/wait-until.ts';
import { sampleSource, spec } from './source-samples.ts';

let tools: MediaTools;
let scratch: Scratch;
let box: ClipBox;

beforeAll(async () => {
  tools = await useMediaTools();
  scratch = await createScratch();
  box = createClipBox(scratch.folder, tools);
});
afterAll(() => scratch.remove());

interface Job {
  readonly sourcePath: string;
  readonly plan: TranscodePlan;
  readonly scratchFolder: string;
  readonly signal?: AbortSignal;
  readonly limits?: TranscodeLimits;
}

async function start(job: Job): Promise<readonly TranscodeResult[]> {
  const { results } = await runTranscode(job.plan, {
    signal: new AbortController().signal,
    ...job,
    tools,
    onProgress: () => {},
    logger: quietLogger,
  });
  return results;
}

async function longJob(): Promise<Job> {
  const sourcePath = await box.clip('endless');
  const source = await probeMedia(sourcePath, { tools });
  const plan = planTranscode(source, [spec(100030)], { x264Preset: 'slow', canToneMap: false });
  return { sourcePath, plan, scratchFolder: await scratch.subfolder() };
}

/** A source that never gives a byte: ffmpeg hangs in open() and does not hear SIGTERM. */
async function stuckJob(limits: TranscodeLimits): Promise<Job> {
  const sourcePath = join(await scratch.subfolder(), 'pipe.mp4');
  await execa('mkfifo', [sourcePath]);
  const plan = planTranscode(sampleSource(), [spec(100010)], { canToneMap: false });
  return { sourcePath, plan, scratchFolder: await scratch.subfolder(), limits };
}

async function isRunning({ scratchFolder }: Job): Promise<boolean> {
  return (await processesIn(scratchFolder)).length > 0;
}

async function isWriting({ scratchFolder }: Job): Promise<boolean> {
  return (await readdir(scratchFolder)).length > 0;
}

describe('a cancelled run', () => {
  it('rejects with the reason, leaves no process and lets the folder be removed', async () => {
    const controller = new AbortController();
    const job = await longJob();
    const run = start({ ...job, signal: controller.signal });
    await waitUntil('ffmpeg writes', () => isWriting(job));
    const reason = new Error('the task was aborted');
    controller.abort(reason);
    await expect(run).rejects.toBe(reason);
    expect(await processesIn(job.scratchFolder)).toEqual([]);
    await rm(job.scratchFolder, { recursive: true });
  });

  it('kills a process that does not hear SIGTERM', async () => {
    const controller = new AbortController();
    const job = await stuckJob({ killGraceMs: 200 });
    const run = start({ ...job, signal: controller.signal });
    await waitUntil('ffmpeg runs', () => isRunning(job));
    controller.abort(new Error('stop'));
    await expect(run).rejects.toThrow('stop');
    expect(await processesIn(job.scratchFolder)).toEqual([]);
  });

  it('does not begin when it was cancelled before', async () => {
    const job = await longJob();
    await expect(start({ ...job, signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow(
      'too late',
    );
  });
});

describe('a run under watch', () => {
  it('is ended when nothing moves', async () => {
    const job = await stuckJob({ stallMs: 1000, killGraceMs: 200 });
    expect(await start(job)).toMatchObject([
      { errCodeExt: 'InternalError', message: 'ffmpeg made no progress for 1 s' },
    ]);
    expect(await processesIn(job.scratchFolder)).toEqual([]);
  });

  it('is ended when it takes too long', async () => {
    const job = await longJob();
    expect(await start({ ...job, limits: { wallMs: 1000 } })).toMatchObject([
      { errCodeExt: 'InternalError', message: 'the run took longer than 1 s' },
    ]);
  });

  it('fails with a reason when ffmpeg cannot be started', async () => {
    const job = await longJob();
    const { results } = await runTranscode(job.plan, {
      ...job,
      tools: { ...tools, ffmpegPath: '/nowhere/ffmpeg' },
      signal: new AbortController().signal,
      onProgress: () => {},
      logger: quietLogger,
    });
    expect(results).toMatchObject([{ errCodeExt: 'InternalError' }]);
  });
});

describe('a parent that is killed', () => {
  const moments: [string, (job: Job) => Promise<boolean>][] = [
    ['as soon as it has started a process', isRunning],
    ['in the middle of the encoding', isWriting],
  ];

  it.each(moments)('%s takes ffmpeg with it', async (_, moment) => {
    const job = await longJob();
    const script = join(import.meta.dirname, 'transcode-parent.ts');
    const parent = execa(process.execPath, [script, job.sourcePath, job.scratchFolder], { reject: false });
    await waitUntil('the moment has come', () => moment(job));
    parent.kill('SIGKILL');
    expect((await parent).signal).toBe('SIGKILL');
    await waitUntil('ffmpeg is gone', async () => !(await isRunning(job)));
  });
});
