import type { MediaMetaData, MediaVideoStreamItem } from '@vodstack/protocol';
import type { SourceInfo, VideoStreamInfo } from './source-info.ts';

/**
 * The wire form of a probe. Width and height are those of the stored stream, as documented ("maximum of the video streams"): `Rotate` is
 * told apart. `Bitrate` is the sum of the streams. `Md5` stays empty unless given.
 */
export function toMetaData(info: SourceInfo, md5 = ''): MediaMetaData {
  const videoStreams = info.video === null ? [] : [toVideoItem(info.video)];
  const audioStreams = info.audio.map((stream) => ({
    Bitrate: stream.bitrateBps,
    SamplingRate: stream.sampleRateHz,
    Codec: stream.codec,
  }));
  const sum = [...videoStreams, ...audioStreams].reduce((total, stream) => total + stream.Bitrate, 0);
  return {
    Size: info.sizeBytes,
    Container: info.container,
    Bitrate: sum > 0 ? sum : info.bitrateBps,
    Height: info.video?.height ?? 0,
    Width: info.video?.width ?? 0,
    Duration: info.durationSec,
    Rotate: info.rotation,
    VideoDuration: info.video?.durationSec ?? 0,
    AudioDuration: info.audio[0]?.durationSec ?? 0,
    VideoStreamSet: videoStreams,
    AudioStreamSet: audioStreams,
    Md5: md5,
  };
}

function toVideoItem(video: VideoStreamInfo): MediaVideoStreamItem {
  return {
    Bitrate: video.bitrateBps,
    Height: video.height,
    Width: video.width,
    Codec: video.codec,
    // The cloud's own samples say 23 for 23.976: cut, not rounded; the margin takes 24.9999 for 25.
    Fps: Math.floor(video.fps + 0.01),
    CodecTag: video.codec === 'hevc' ? video.codecTag : '',
    DynamicRangeInfo: dynamicRange(video.transfer),
  };
}

function dynamicRange(transfer: string): Required<MediaVideoStreamItem>['DynamicRangeInfo'] {
  if (transfer === 'smpte2084') return { Type: 'HDR', HDRType: 'hdr10' };
  if (transfer === 'arib-std-b67') return { Type: 'HDR', HDRType: 'hlg' };
  return { Type: 'SDR', HDRType: '' };
}
