import { MediaError } from './media-error.ts';
import type { SourceInfo } from './source-info.ts';
import type { ExpectedDuration, PlannedOutput } from './transcode-plan.ts';

/** Compares a finished file with the plan and the source. @throws MediaError that says what is wrong. */
export function assertAsPlanned(info: SourceInfo, output: PlannedOutput, expected: ExpectedDuration): void {
  assertStreams(info, output);
  const { wanted, got } = durations(info, expected);
  if (Math.abs(got - wanted) <= Math.max(1, wanted * 0.02)) return;
  if (got > wanted)
    throw new MediaError('InternalError', `the result is ${format(got)} long instead of ${format(wanted)}`);
  throw malformed(`the source says ${format(wanted)} but only ${format(got)} could be decoded`);
}

function assertStreams(info: SourceInfo, output: PlannedOutput): void {
  const { video } = info;
  if (video === null) throw malformed('nothing of the picture could be decoded');
  if (output.hasAudio && info.audio.length === 0) throw malformed('nothing of the sound could be decoded');
  const size = `${video.width}x${video.height}`;
  const found = `${video.codec} ${video.pixelFormat} ${size}, sound: ${info.audio.map(({ codec }) => codec).join(' ')}`;
  const sound = output.hasAudio ? 'aac' : '';
  const wanted = `h264 yuv420p ${output.width}x${output.height}, sound: ${sound}`;
  if (found === wanted) return;
  throw new MediaError('InternalError', `the result is not as planned: ${found} instead of ${wanted}`);
}

function malformed(message: string): MediaError {
  return new MediaError('SourceFileError.ContentMalformed', message);
}

/** Where the container tells only the duration of the whole file, the picture may honestly be shorter than the sound: compare the whole. */
function durations(info: SourceInfo, expected: ExpectedDuration): { wanted: number; got: number } {
  return expected.videoSec === null
    ? { wanted: expected.fileSec, got: info.durationSec }
    : { wanted: expected.videoSec, got: info.video?.durationSec ?? 0 };
}

function format(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}
