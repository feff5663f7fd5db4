import type { EditRequests } from '../tables.ts';
import {
  frameSize,
  MediaError,
  type SourceInfo,
  sourceFps,
  type Timeline,
  timeRange,
  type TranscodeRule,
} from '../transcode/index.ts';
import type { EditSource } from './edit-sources.ts';

type Request = EditRequests['EditMedia'];

export interface Composition {
  readonly timeline: Timeline;
  readonly rule: TranscodeRule;
}

/** By the bitrate rather than by the size (EditMedia, Definition). */
const BY_BITRATE = 20;

/** Pieces of files one after the other, all in the frame of the largest one, or of the one with the most bits. */
export async function planJoin(
  { FileInfos, Definition, OutputConfig }: Request,
  find: (fileId: string) => Promise<EditSource>,
): Promise<Composition> {
  const pieces = [];
  for (const { FileId, StartTimeOffset, EndTimeOffset } of FileInfos ?? []) {
    const { path, info } = await find(FileId);
    if (info === null)
      throw new MediaError('SourceFileError.ContentUnsupported', `the media ${FileId} is a picture`);
    pieces.push({ path, info, range: timeRange(info.durationSec, StartTimeOffset, EndTimeOffset) });
  }
  const base = pickBase(
    pieces.map(({ info }) => info),
    Definition === BY_BITRATE,
  );
  const video = OutputConfig?.VideoStream ?? {};
  const size = frameSize(base.display, video);
  let startSec = 0;
  const items = pieces.map(({ path, info, range }) => {
    const shownSec = range.endSec - range.startSec;
    const item = {
      path,
      source: info,
      startSec,
      shownSec,
      takenSec: shownSec,
      fromSec: range.startSec,
      ...(info.video ? { picture: { size, isFitted: true, dx: 0, dy: 0, turns: [], fadeInSec: 0 } } : {}),
      sound: { gain: 1, fadeInSec: 0, fadeOutSec: 0 },
    };
    startSec += shownSec;
    return item;
  });
  return {
    timeline: {
      items,
      durationSec: startSec,
      canvas: { ...size, color: 'black', fps: video.Fps || sourceFps(base.video.fps) },
      hasSound: pieces.some(({ info }) => info.audio.length > 0),
    },
    rule: {
      Container: OutputConfig?.Type || 'mp4',
      VideoTemplate: { ...video, Codec: video.Codec || 'libx264' },
      AudioTemplate: { Codec: 'libfdk_aac', Bitrate: 128, SampleRate: 44_100, AudioChannel: 2 },
      TEHDConfig: OutputConfig?.TEHDConfig,
    },
  };
}

type Pictured = SourceInfo & {
  video: NonNullable<SourceInfo['video']>;
  display: NonNullable<SourceInfo['display']>;
};

function pickBase(infos: readonly SourceInfo[], isByBitrate: boolean): Pictured {
  const [first, ...others] = infos.filter(
    (info): info is Pictured => info.video !== null && info.display !== null,
  );
  if (!first) throw new MediaError('SourceFileError.NoVideoMedia', 'none of the files has a picture');
  const worth = ({ display, video }: Pictured): number =>
    isByBitrate ? video.bitrateBps : display.width * display.height;
  return others.reduce((best, info) => (worth(info) > worth(best) ? info : best), first);
}
