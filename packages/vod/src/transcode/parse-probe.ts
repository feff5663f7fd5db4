import type { PixelSize } from '@vodstack/protocol';
import { isRecord, readNumber, readRecord, readRecords, readText, type JsonRecord } from './json-reader.ts';
import type { AudioStreamInfo, SourceInfo, VideoStreamInfo } from './source-info.ts';

/** Turns the JSON of `ffprobe -show_format -show_streams` into SourceInfo; pure. `sizeBytes` comes from the file system. */
export function parseProbe(report: unknown, sizeBytes: number): SourceInfo {
  const root = readRecord(report);
  const format = readRecord(root['format']);
  const streams = readRecords(root['streams']);
  const context = readContext(format, sizeBytes);
  const audio = streams.filter((stream) => stream['codec_type'] === 'audio').map((s) => toAudio(s, context));
  const picture = pickPicture(streams);
  const video = picture === undefined ? null : toVideo(picture, { ...context, audioBps: sumBitrate(audio) });
  const rotation = picture === undefined ? 0 : readRotation(picture);
  return {
    container: readText(format['format_name']),
    sizeBytes,
    bitrateBps: context.bitrateBps,
    durationSec: context.durationSec,
    rotation,
    display: video === null ? null : displaySize(video, rotation),
    video,
    audio,
  };
}

interface FileContext {
  readonly startSec: number;
  readonly durationSec: number;
  readonly bitrateBps: number;
}

function readContext(format: JsonRecord, sizeBytes: number): FileContext {
  const durationSec = Math.max(0, readNumber(format['duration']) ?? 0);
  const average = durationSec > 0 ? Math.round((sizeBytes * 8) / durationSec) : 0;
  const startSec = readNumber(format['start_time']) ?? 0;
  return { startSec, durationSec, bitrateBps: readNumber(format['bit_rate']) ?? average };
}

function pickPicture(streams: readonly JsonRecord[]): JsonRecord | undefined {
  const moving = streams.filter(
    (stream) => stream['codec_type'] === 'video' && readRecord(stream['disposition'])['attached_pic'] !== 1,
  );
  return moving.find(isDefaultStream) ?? moving[0];
}

function isDefaultStream(stream: JsonRecord): boolean {
  return readRecord(stream['disposition'])['default'] === 1;
}

function toVideo(stream: JsonRecord, context: FileContext & { audioBps: number }): VideoStreamInfo {
  const durationSec = readStreamDuration(stream);
  const fieldOrder = readText(stream['field_order']);
  return {
    index: readNumber(stream['index']) ?? 0,
    codec: readText(stream['codec_name']),
    codecTag: readCodecTag(stream),
    profile: readText(stream['profile']),
    pixelFormat: readText(stream['pix_fmt']),
    width: readNumber(stream['width']) ?? 0,
    height: readNumber(stream['height']) ?? 0,
    sampleAspect: readRatio(stream['sample_aspect_ratio'], ':') ?? 1,
    fps: readRatio(stream['avg_frame_rate'], '/') ?? readRatio(stream['r_frame_rate'], '/') ?? 0,
    bitrateBps: readBitrate(stream) ?? Math.max(0, context.bitrateBps - context.audioBps),
    startSec: Math.max(0, (readNumber(stream['start_time']) ?? context.startSec) - context.startSec),
    durationSec: durationSec ?? context.durationSec,
    isDurationExact: durationSec !== null,
    frameCount: readNumber(stream['nb_frames']),
    transfer: readText(stream['color_transfer']),
    primaries: readText(stream['color_primaries']),
    matrix: readText(stream['color_space']),
    isInterlaced: ['tt', 'bb', 'tb', 'bt'].includes(fieldOrder),
  };
}

function toAudio(stream: JsonRecord, context: FileContext): AudioStreamInfo {
  return {
    index: readNumber(stream['index']) ?? 0,
    codec: readText(stream['codec_name']),
    bitrateBps: readBitrate(stream) ?? 0,
    sampleRateHz: readNumber(stream['sample_rate']) ?? 0,
    channels: readNumber(stream['channels']) ?? 0,
    durationSec: readStreamDuration(stream) ?? context.durationSec,
    isDefault: isDefaultStream(stream),
    ...readNames(readRecord(stream['tags'])),
  };
}

/** `und` is how containers say that they do not know. */
function readNames(tags: JsonRecord): Pick<AudioStreamInfo, 'language' | 'title'> {
  const [language, title] = [readText(tags['language']), readText(tags['title'])];
  return {
    ...(language === '' || language === 'und' ? {} : { language }),
    ...(title === '' ? {} : { title }),
  };
}

function sumBitrate(streams: readonly AudioStreamInfo[]): number {
  return streams.reduce((sum, stream) => sum + stream.bitrateBps, 0);
}

/** Matroska keeps rate and duration of a stream in tags (`BPS`, `DURATION` as 00:00:12.345000000). */
function readBitrate(stream: JsonRecord): number | null {
  return readNumber(stream['bit_rate']) ?? readNumber(readRecord(stream['tags'])['BPS']);
}

function readStreamDuration(stream: JsonRecord): number | null {
  const seconds = readNumber(stream['duration']) ?? readTaggedDuration(stream);
  return seconds !== null && seconds > 0 ? seconds : null;
}

/** The tag counts from the start of the file to the end of the stream's last frame. */
function readTaggedDuration(stream: JsonRecord): number | null {
  const endSec = readClock(readRecord(stream['tags'])['DURATION']);
  return endSec === null ? null : endSec - (readNumber(stream['start_time']) ?? 0);
}

function readClock(value: unknown): number | null {
  const match = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(readText(value));
  if (match === null) return null;
  const [, hours, minutes, seconds] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function readCodecTag(stream: JsonRecord): string {
  const tag = readText(stream['codec_tag_string']);
  return tag.startsWith('[') ? '' : tag; // "[0][0][0][0]" stands for no tag
}

/** `64:45` or `30000/1001`; null for 0:1, 0/0 and N/A. */
function readRatio(value: unknown, separator: string): number | null {
  const [above, below] = readText(value).split(separator).map(Number);
  if (above === undefined || below === undefined) return null;
  const ratio = above / below;
  return Number.isFinite(ratio) && ratio > 0 ? ratio : null;
}

/** The display matrix counts counter-clockwise (-90 = turn right); the older `rotate` tag counts clockwise. */
function readRotation(stream: JsonRecord): number {
  const matrix = readRecords(stream['side_data_list']).map((data) => readNumber(data['rotation']));
  const fromMatrix = matrix.find((angle) => angle !== null);
  const tag = isRecord(stream['tags']) ? readNumber(stream['tags']['rotate']) : null;
  const clockwise = fromMatrix === undefined || fromMatrix === null ? (tag ?? 0) : -fromMatrix;
  return ((Math.round(clockwise) % 360) + 360) % 360;
}

function displaySize(video: VideoStreamInfo, rotation: number): PixelSize {
  const square = { width: Math.max(1, Math.round(video.width * video.sampleAspect)), height: video.height };
  const isTurned = rotation === 90 || rotation === 270;
  return isTurned ? { width: square.height, height: square.width } : square;
}
