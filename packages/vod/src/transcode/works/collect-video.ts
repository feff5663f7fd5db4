import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PixelSize } from '@vodstack/protocol';
import { MediaError } from '../media-error.ts';
import type { AudioStreamInfo, SourceInfo } from '../source-info.ts';
import { playlistFiles, playlistSec, sumSizes } from './playlist.ts';
import type { TimeRange } from './time-range.ts';
import type { MadeFolder, WorkYield } from './work.ts';

// What a run has left in its folder: whether it is what was wanted, and what is published of it.

interface LengthBounds {
  readonly minSec: number;
  readonly maxSec: number;
}

/** Picture and sound may honestly end before the file does: the shortest that a result may be is what its main stream has. */
export function lengthBounds(
  source: SourceInfo,
  range: TimeRange,
  audio: AudioStreamInfo | undefined,
  isAudioOnly: boolean,
  addedSec = 0,
): LengthBounds {
  const { video, durationSec } = source;
  const pictureEnd = video?.isDurationExact ? video.startSec + video.durationSec : durationSec;
  const end = isAudioOnly ? (audio?.durationSec ?? durationSec) : pictureEnd;
  return {
    minSec: addedSec + Math.max(0, Math.min(range.endSec, end) - range.startSec),
    maxSec: addedSec + range.endSec - range.startSec,
  };
}

interface Expected {
  readonly length: LengthBounds;
  readonly hasSound: boolean;
  readonly size: PixelSize | undefined;
  readonly codec: string | undefined;
}

export async function collectFile(made: MadeFolder, name: string, expected: Expected): Promise<WorkYield> {
  const info = await made.probe(name);
  const { video } = info;
  if (expected.size && video === null) throw malformed('nothing of the picture could be decoded');
  if (expected.hasSound && info.audio.length === 0) throw malformed('nothing of the sound could be decoded');
  if (
    expected.size &&
    video &&
    (video.width !== expected.size.width || video.height !== expected.size.height)
  ) {
    const { width, height } = expected.size;
    throw new MediaError(
      'InternalError',
      `the result is not as planned: ${video.width}x${video.height} instead of ${width}x${height}`,
    );
  }
  if (expected.codec && video?.codec !== expected.codec) {
    throw new MediaError('InternalError', `the result is ${video?.codec} instead of ${expected.codec}`);
  }
  assertLength(info.durationSec, expected.length);
  return { fileNames: [name], details: {}, info };
}

export async function collectHls(
  made: MadeFolder,
  name: string,
  expected: { length: LengthBounds; hasPicture: boolean; hasSound: boolean },
): Promise<WorkYield> {
  const text = await made.readText(name);
  const files = playlistFiles(text);
  const durationSec = playlistSec(text);
  assertLength(durationSec, expected.length);
  const sizeBytes = await sumSizes(made, [name, ...files]);
  const first = await probeFirst(made, files);
  if (expected.hasPicture && first.video === null) throw malformed('nothing of the picture could be decoded');
  if (expected.hasSound && first.audio.length === 0) throw malformed('nothing of the sound could be decoded');
  const bitrateBps = Math.round((sizeBytes * 8) / durationSec);
  const audioBps = first.audio.reduce((sum, stream) => sum + stream.bitrateBps, 0);
  const info: SourceInfo = {
    ...first,
    container: 'hls',
    sizeBytes,
    bitrateBps,
    durationSec,
    video: first.video && { ...first.video, durationSec, bitrateBps: Math.max(0, bitrateBps - audioBps) },
    audio: first.audio.map((stream) => ({ ...stream, durationSec })),
  };
  return { fileNames: [name, ...files], details: { sizeBytes }, info };
}

/** A segment of fragmented MP4 can be read only behind its initialisation section. */
export async function probeFirst(made: MadeFolder, files: readonly string[]): Promise<SourceInfo> {
  const [first = '', second] = files;
  if (!first.endsWith('.mp4') || second === undefined) return await made.probe(first);
  const joined = 'joined-for-probe.tmp';
  const parts = await Promise.all([first, second].map((name) => readFile(join(made.path, name))));
  await writeFile(join(made.path, joined), Buffer.concat(parts));
  return await made.probe(joined);
}

/** @throws MediaError when a result is more than two percent or a second too short or too long */
export function assertLength(gotSec: number, { minSec, maxSec }: LengthBounds): void {
  if (gotSec > maxSec + slack(maxSec)) {
    const told = `${gotSec.toFixed(1)} s long instead of ${maxSec.toFixed(1)} s`;
    throw new MediaError('InternalError', `the result is ${told}`);
  }
  if (gotSec >= minSec - slack(minSec)) return;
  throw malformed(`the source says ${minSec.toFixed(1)} s but only ${gotSec.toFixed(1)} s could be decoded`);
}

/** Two percent, or a second. */
function slack(sec: number): number {
  return Math.max(1, sec * 0.02);
}

function malformed(message: string): MediaError {
  return new MediaError('SourceFileError.ContentMalformed', message);
}
