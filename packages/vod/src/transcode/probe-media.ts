import { open, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { guardedInput, MAX_PIXELS } from './input-guard.ts';
import { MediaError } from './media-error.ts';
import { runMediaProcess } from './media-process.ts';
import type { MediaTools } from './media-tools.ts';
import { parseProbe } from './parse-probe.ts';
import { describeProbeFailure } from './probe-failure.ts';
import { parseProgress } from './progress-parser.ts';
import { DEFAULT_SANDBOX_LIMITS } from './sandbox.ts';
import type { SourceInfo } from './source-info.ts';

export interface ProbeOptions {
  readonly tools: MediaTools;
  readonly signal?: AbortSignal | undefined;
  /** Default 60 s: reading a file without an index takes as long as the disk needs. */
  readonly timeoutMs?: number | undefined;
}

const MAX_REPORT_LENGTH = 4_000_000;

/**
 * Reads what a file really is, trusting neither its name nor its content.
 * @throws MediaError ContentUnsupported (not a media file, or none we take), ContentMalformed (broken), InternalError (the probe could not run).
 * @throws the signal's reason when aborted.
 */
export async function probeMedia(path: string, options: ProbeOptions): Promise<SourceInfo> {
  const file = resolve(path);
  const sizeBytes = await readSize(file);
  if (sizeBytes === 0)
    throw new MediaError('SourceFileError.ContentMalformed', 'the file is empty (0 bytes)');
  const report = await readReport(file, options);
  const info = parseProbe(report, sizeBytes);
  assertPlayable(info);
  if (info.durationSec > 0) return info;
  // Browsers' MediaRecorder writes files without a duration: walk through the packets instead.
  return withDuration(info, await measureDuration(file, options));
}

async function readSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    throw new MediaError('InternalError', 'the file cannot be read', { cause });
  }
}

async function readReport(path: string, options: ProbeOptions): Promise<unknown> {
  const args = ['-hide_banner', '-v', 'error', '-show_format', '-show_streams', '-of', 'json'];
  const { tools } = options;
  const { output, result } = await runTool([tools.ffprobePath, ...args, ...guardedInput(path)], options);
  if (result.startError !== '') throw new MediaError('InternalError', 'ffprobe cannot be started');
  if (result.exitCode !== 0) throw describeProbeFailure(result, await readHead(path));
  if (output.length >= MAX_REPORT_LENGTH) {
    const message = `the file declares more streams and tags than are read (${MAX_REPORT_LENGTH} characters)`;
    throw new MediaError('SourceFileError.ContentUnsupported', message);
  }
  try {
    return JSON.parse(output);
  } catch (cause) {
    throw new MediaError('InternalError', 'ffprobe gave a report that cannot be read', { cause });
  }
}

function assertPlayable(info: SourceInfo): void {
  if (info.video === null && info.audio.length === 0) {
    throw new MediaError('SourceFileError.ContentUnsupported', 'the file holds neither video nor audio');
  }
  const { width, height } = info.video ?? { width: 0, height: 0 };
  if (width * height > MAX_PIXELS) {
    const message = `the picture is ${width}x${height}; at most ${MAX_PIXELS} pixels (8K) are taken`;
    throw new MediaError('SourceFileError.ContentUnsupported', message);
  }
}

async function measureDuration(path: string, options: ProbeOptions): Promise<number> {
  const { tools } = options;
  const quiet = ['-hide_banner', '-v', 'error', '-nostdin', '-nostats', '-progress', 'pipe:1'];
  const copy = ['-map', '0:v?', '-map', '0:a?', '-c', 'copy', '-f', 'null', '-'];
  const { output } = await runTool([tools.ffmpegPath, ...quiet, ...guardedInput(path), ...copy], options);
  const durationSec = parseProgress(output).at(-1)?.outTimeSec ?? 0;
  if (durationSec > 0) return durationSec;
  throw new MediaError(
    'SourceFileError.ContentMalformed',
    'the file has no duration: nothing in it can be played',
  );
}

function withDuration(info: SourceInfo, durationSec: number): SourceInfo {
  const fill = <Stream extends { durationSec: number }>(stream: Stream): Stream =>
    stream.durationSec > 0 ? stream : { ...stream, durationSec };
  const bitrateBps = info.bitrateBps > 0 ? info.bitrateBps : Math.round((info.sizeBytes * 8) / durationSec);
  const audioBps = info.audio.reduce((sum, stream) => sum + stream.bitrateBps, 0);
  const video =
    info.video !== null && info.video.bitrateBps === 0
      ? { ...info.video, bitrateBps: Math.max(0, bitrateBps - audioBps) }
      : info.video;
  return {
    ...info,
    durationSec,
    bitrateBps,
    video: video === null ? null : fill(video),
    audio: info.audio.map(fill),
  };
}

async function runTool(command: readonly string[], options: ProbeOptions): Promise<ToolRun> {
  options.signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 60_000);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  let output = '';
  const result = await runMediaProcess(command, {
    tools: options.tools,
    cwd: tmpdir(),
    limits: DEFAULT_SANDBOX_LIMITS,
    signal,
    killGraceMs: 2000,
    // A file can declare any number of streams: the end of the report matters less than our memory.
    onOutput: (text) => {
      if (output.length < MAX_REPORT_LENGTH) output += text;
    },
  });
  options.signal?.throwIfAborted();
  if (timeout.aborted) throw new MediaError('InternalError', 'reading the file took too long');
  return { output, result };
}

interface ToolRun {
  readonly output: string;
  readonly result: Awaited<ReturnType<typeof runMediaProcess>>;
}

async function readHead(path: string): Promise<Buffer> {
  await using file = await open(path);
  const head = Buffer.alloc(512);
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  return head.subarray(0, bytesRead);
}
