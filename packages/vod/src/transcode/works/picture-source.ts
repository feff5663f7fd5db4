import type { PixelSize } from '@vodstack/protocol';
import { isHdr, toneMap } from '../filter-graph.ts';
import { MediaError } from '../media-error.ts';
import type { SourceInfo, VideoStreamInfo } from '../source-info.ts';

export type PictureSource = SourceInfo & { readonly video: VideoStreamInfo; readonly display: PixelSize };

/** @throws MediaError when the source has no picture, or none that can be worked on */
export function requirePicture(source: SourceInfo): PictureSource {
  const { video, display, durationSec } = source;
  if (video === null || display === null) {
    throw new MediaError('SourceFileError.NoVideoMedia', 'the file has no video');
  }
  if (video.width <= 0 || video.height <= 0) {
    throw new MediaError('SourceFileError.NoVideoResolution', 'the size of the picture is not known');
  }
  const fps = video.frameCount === null ? video.fps : video.frameCount / durationSec;
  if (durationSec > 600 && fps < 0.1) {
    throw new MediaError(
      'SourceFileError.ContentMalformed',
      'the time stamps of the picture are not plausible',
    );
  }
  return { ...source, video, display };
}

/** What every picture goes through first: fields put together, HDR brought to what screens and image files show. */
export function prepareFilters({ video }: PictureSource, canToneMap: boolean): string[] {
  return [
    ...(video.isInterlaced ? ['bwdif=mode=send_frame:deint=interlaced'] : []),
    ...(canToneMap && isHdr(video) ? [toneMap(video)] : []),
  ];
}

/** Time of the last picture that can be shown, from the start of the file. */
export function lastPictureSec({ video, durationSec }: PictureSource): number {
  const end = video.isDurationExact ? Math.min(durationSec, video.startSec + video.durationSec) : durationSec;
  return Math.max(0, end - 1.5 / Math.max(video.fps, 0.1));
}
