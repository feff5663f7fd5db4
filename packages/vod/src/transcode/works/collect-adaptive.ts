import type { PixelSize } from '@vodstack/protocol';
import type { AudioStreamInfo } from '../source-info.ts';
import { assertLength, lengthBounds } from './collect-video.ts';
import { encryptSegments } from './encrypt-segments.ts';
import type { PictureSource } from './picture-source.ts';
import { playlistFiles, playlistRates, playlistSec, sumSizes, withRates } from './playlist.ts';
import {
  formatCues,
  type SubtitleFiles,
  subtitlePlaylist,
  uniqueNames,
  withSubtitles,
  withSubtitleSets,
} from './subtitle-renditions.ts';
import type { ContentKey, MadeFolder, SubStream, WorkDetails, WorkYield } from './work.ts';

interface ResultRung {
  /** Null for a stream of sound alone. */
  readonly size: PixelSize | null;
}

export interface AdaptiveResult {
  readonly source: PictureSource;
  readonly rungs: readonly ResultRung[];
  /** Sounds apart from the pictures. */
  readonly voices: readonly AudioStreamInfo[];
  readonly subtitles: readonly SubtitleFiles[];
  readonly startTicks: number;
  /** Of segments that ffmpeg leaves clear. */
  readonly encryption: { readonly contentKey: ContentKey; readonly keyUri: string } | undefined;
  readonly fileName: string;
  readonly drmType: string;
  readonly definition: number;
}

export async function collectAdaptiveHls(made: MadeFolder, result: AdaptiveResult): Promise<WorkYield> {
  const fileNames = [result.fileName];
  const subStreams: SubStream[] = [];
  const { voices, subtitles, source } = result;
  let master = withVoiceNames(await made.readText(result.fileName), voices);
  let loudestBps = { peakBps: 0, averageBps: 0 };
  for (const [i] of voices.entries()) {
    const name = `video_${result.definition}_${result.rungs.length + i}.m3u8`;
    const text = await readVariant(made, name, result);
    const files = [name, ...playlistFiles(text)];
    fileNames.push(...files);
    const rates = await playlistRates(text, made);
    if (rates.peakBps > loudestBps.peakBps) loudestBps = rates;
    subStreams.push({ type: 'audio', width: 0, height: 0, sizeBytes: await sumSizes(made, files) });
  }
  for (const [i, rung] of result.rungs.entries()) {
    const name = `video_${result.definition}_${i}.m3u8`;
    const text = await readVariant(made, name, result);
    assertWhole(playlistSec(text), result.source);
    const files = [name, ...playlistFiles(text)];
    fileNames.push(...files);
    const own = await playlistRates(text, made);
    // A stream's rate is that with the sound that it is played with (RFC 8216 section 4.3.4.2).
    const peakBps = own.peakBps + loudestBps.peakBps;
    master = withRates(master, name, { peakBps, averageBps: own.averageBps + loudestBps.averageBps });
    subStreams.push(toSubStream(rung, await sumSizes(made, files)));
  }
  for (const { track, vttName, playlistName } of subtitles) {
    await made.writeText(vttName, formatCues(track.cues, result.startTicks));
    await made.writeText(playlistName, subtitlePlaylist(vttName, source.durationSec));
    fileNames.push(vttName, playlistName);
  }
  await made.writeText(result.fileName, withSubtitles(master, subtitles));
  const sizeBytes = await sumSizes(made, fileNames);
  const details = { package: 'HLS' as const, drmType: result.drmType, sizeBytes, subStreams };
  return { fileNames, details: { ...details, ...toAttached(subtitles) } };
}

/** A media playlist as it is published. */
async function readVariant(made: MadeFolder, name: string, { encryption }: AdaptiveResult): Promise<string> {
  const text = await made.readText(name);
  if (!encryption) return text;
  const encrypted = await encryptSegments(made.path, text, encryption);
  await made.writeText(name, encrypted);
  return encrypted;
}

export async function collectAdaptiveDash(made: MadeFolder, result: AdaptiveResult): Promise<WorkYield> {
  const text = await made.readText(result.fileName);
  assertWhole(readDashSec(text), result.source);
  const stem = `video_${result.definition}_`;
  const segments = made.names.filter((name) => name.startsWith(stem));
  const moving = result.rungs.filter(({ size }) => size !== null);
  const subStreams: SubStream[] = [];
  for (const [i, rung] of moving.entries()) {
    const own = segments.filter((name) => name.startsWith(`${stem}${i}_`));
    subStreams.push(toSubStream(rung, await sumSizes(made, own)));
  }
  for (let i = 0; i < Math.max(1, result.voices.length); i++) {
    const sound = segments.filter((name) => name.startsWith(`${stem}${moving.length + i}_`));
    if (sound.length === 0) continue;
    subStreams.push({ type: 'audio', width: 0, height: 0, sizeBytes: await sumSizes(made, sound) });
  }
  const { subtitles } = result;
  for (const { track, vttName } of subtitles) await made.writeText(vttName, formatCues(track.cues));
  if (subtitles.length > 0) await made.writeText(result.fileName, withSubtitleSets(text, subtitles));
  const fileNames = [result.fileName, ...segments, ...subtitles.map(({ vttName }) => vttName)];
  const sizeBytes = await sumSizes(made, fileNames);
  const details = { package: 'DASH' as const, drmType: '', sizeBytes, subStreams };
  return { fileNames, details: { ...details, ...toAttached(subtitles) } };
}

function toAttached(subtitles: readonly SubtitleFiles[]): Pick<WorkDetails, 'subtitles'> {
  if (subtitles.length === 0) return {};
  return {
    subtitles: subtitles.map(({ track: { id, name, language }, vttName }) => ({
      id,
      name,
      language,
      vttName,
    })),
  };
}

/** ffmpeg counts the sounds; people want to read what they are. */
function withVoiceNames(master: string, voices: readonly AudioStreamInfo[]): string {
  const names = uniqueNames(voices.map(({ title, language }) => title ?? language ?? 'audio'));
  let next = 0;
  return master.replaceAll(/(?<=^#EXT-X-MEDIA:TYPE=AUDIO,.*NAME=")[^"]*(?=")/gm, () => names[next++] ?? '');
}

function toSubStream({ size }: ResultRung, sizeBytes: number): SubStream {
  return size === null
    ? { type: 'audio', width: 0, height: 0, sizeBytes }
    : { type: 'video', ...size, sizeBytes };
}

/** `PT1H2M3.4S` of mediaPresentationDuration (ISO 8601 duration). */
function readDashSec(text: string): number {
  const [, hours = '0', minutes = '0', seconds = '0'] =
    /mediaPresentationDuration="PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?"/.exec(text) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function assertWhole(gotSec: number, source: PictureSource): void {
  assertLength(gotSec, lengthBounds(source, { startSec: 0, endSec: source.durationSec }, undefined, false));
}
