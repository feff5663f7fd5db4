import type {
  AdaptiveDynamicStreamingInfoItem,
  CoverBySnapshotTaskOutput,
  MediaAnimatedGraphicsItem,
  MediaImageSpriteItem,
  MediaSampleSnapshotItem,
  MediaSnapshotByTimeOffsetItem,
} from '@vodstack/protocol';
import type { ArtifactRow } from '../tables.ts';
import { toMediaUrl } from './locations.ts';

// Results that are no renditions, as sub-tasks and DescribeMediaInfos tell of them. `file` is the main file.

export function toCoverOutput(file: ArtifactRow, publicUrl: string): CoverBySnapshotTaskOutput {
  return { CoverUrl: toMediaUrl(publicUrl, file) };
}

export function toSnapshotItem(file: ArtifactRow, publicUrl: string): MediaSnapshotByTimeOffsetItem {
  return {
    Definition: file.definition,
    PicInfoSet: (file.details?.pictures ?? []).map(({ name, timeOffsetMs }) => ({
      TimeOffset: timeOffsetMs,
      Url: toUrl(file, name, publicUrl),
      WaterMarkDefinition: watermarksOf(file),
    })),
  };
}

export function toSampleItem(file: ArtifactRow, publicUrl: string): MediaSampleSnapshotItem {
  return {
    Definition: file.definition,
    SampleType: file.details?.sampleType ?? 'Percent',
    Interval: file.details?.interval ?? 0,
    ImageUrlSet: toUrls(file, publicUrl),
    WaterMarkDefinition: watermarksOf(file),
  };
}

export function toSpriteItem(file: ArtifactRow, publicUrl: string): MediaImageSpriteItem {
  const { details } = file;
  return {
    Definition: file.definition,
    Height: details?.height ?? 0,
    Width: details?.width ?? 0,
    TotalCount: details?.totalCount ?? 0,
    ImageUrlSet: toUrls(file, publicUrl),
    WebVttUrl: details?.vttName ? toUrl(file, details.vttName, publicUrl) : '',
  };
}

export function toAnimatedItem(file: ArtifactRow, publicUrl: string): MediaAnimatedGraphicsItem {
  const { container = '', height = 0, width = 0, startSec = 0, endSec = 0 } = file.details ?? {};
  const lengthSec = endSec - startSec;
  return {
    Url: toMediaUrl(publicUrl, file),
    Definition: file.definition,
    Container: container,
    Height: height,
    Width: width,
    Bitrate: lengthSec > 0 ? Math.round((file.size_bytes * 8) / lengthSec) : 0,
    Size: file.size_bytes,
    Md5: file.md5,
    StartTimeOffset: startSec,
    EndTimeOffset: endSec,
  };
}

export function toAdaptiveItem(file: ArtifactRow, publicUrl: string): AdaptiveDynamicStreamingInfoItem {
  const { details } = file;
  return {
    Definition: file.definition,
    Package: details?.package ?? 'HLS',
    DrmType: details?.drmType ?? '',
    Url: toMediaUrl(publicUrl, file),
    Size: details?.sizeBytes ?? file.size_bytes,
    DigitalWatermarkType: 'None',
    SubStreamSet: (details?.subStreams ?? []).map(({ type, width, height, sizeBytes }) => ({
      Type: type,
      Width: width,
      Height: height,
      Size: sizeBytes,
    })),
    ...toSubtitles(file, publicUrl),
  };
}

/** Left out where there are none. */
function toSubtitles(file: ArtifactRow, publicUrl: string): Partial<AdaptiveDynamicStreamingInfoItem> {
  const { subtitles, defaultSubtitleId = '' } = file.details ?? {};
  if (!subtitles?.length) return {};
  return {
    SubtitleSet: subtitles.map(({ id, name, language, vttName }) => ({
      Id: id,
      Name: name,
      Language: language,
      Format: 'vtt',
      Url: toUrl(file, vttName, publicUrl),
      Source: 'UserUploaded',
    })),
    DefaultSubtitleId: defaultSubtitleId,
  };
}

function toUrls(file: ArtifactRow, publicUrl: string): string[] {
  return (file.details?.names ?? []).map((name) => toUrl(file, name, publicUrl));
}

function toUrl({ folder }: ArtifactRow, name: string, publicUrl: string): string {
  return toMediaUrl(publicUrl, { folder, name });
}

function watermarksOf({ details }: ArtifactRow): number[] {
  return [...(details?.watermarks ?? [])];
}
