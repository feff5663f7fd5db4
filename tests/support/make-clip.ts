import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ClipOptions {
  /** A lavfi source of a picture; null makes a file without one. Default a moving test picture of 320x180. */
  readonly picture?: string | null;
  /** A lavfi source of sound; null makes a file without one. Default a tone. */
  readonly sound?: string | null;
  readonly durationSec?: number;
  /** Further arguments for the output. */
  readonly output?: readonly string[];
}

/** A short real media file; the container follows from the path's extension. */
export async function makeClip(path: string, options: ClipOptions = {}): Promise<string> {
  const { picture = 'testsrc2=size=320x180:rate=30', sound = 'sine=frequency=440:sample_rate=48000' } =
    options;
  const inputs = [picture, sound].flatMap((source) => (source === null ? [] : ['-f', 'lavfi', '-i', source]));
  const codecs = [
    ...(picture === null ? [] : ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']),
    ...(sound === null ? [] : ['-c:a', 'aac', '-b:a', '64k']),
  ];
  const { durationSec = 1, output = [] } = options;
  const args = ['-v', 'error', '-y', ...inputs, '-t', String(durationSec), ...codecs, ...output, path];
  await run('ffmpeg', args);
  return path;
}

/** Twelve seconds of noise: hard enough that its transcode can be caught in the middle. */
export async function makeLongClip(path: string): Promise<string> {
  const picture = 'testsrc2=size=1280x720:rate=30,noise=alls=30:allf=t';
  return await makeClip(path, { picture, durationSec: 12, output: ['-crf', '35'] });
}

export interface ProbedStream {
  readonly codec_type: string;
  readonly codec_name: string;
  readonly width?: number;
  readonly height?: number;
  readonly avg_frame_rate: string;
  readonly sample_rate?: string;
}

export interface Probed {
  readonly video: ProbedStream | undefined;
  readonly audio: ProbedStream | undefined;
  readonly durationSec: number;
}

/** What ffprobe says of a file. */
export async function probe(path: string): Promise<Probed> {
  const args = ['-v', 'error', '-show_streams', '-show_format', '-of', 'json', path];
  const { stdout } = await run('ffprobe', args);
  const report = JSON.parse(stdout) as { streams: ProbedStream[]; format: { duration: string } };
  const find = (type: string): ProbedStream | undefined =>
    report.streams.find((stream) => stream.codec_type === type);
  return { video: find('video'), audio: find('audio'), durationSec: Number(report.format.duration) };
}
