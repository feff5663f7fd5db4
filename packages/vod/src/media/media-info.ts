import type { MediaBasicInfo, MediaMetaData, MediaTranscodeItem } from '@vodstack/protocol';
import type { ArtifactKind, ArtifactRow, MediaRow } from '../tables.ts';
import { toMediaUrl } from './locations.ts';
import { findSource, type MediaWithArtifacts } from './media-repository.ts';
import {
  toAdaptiveItem,
  toAnimatedItem,
  toSampleItem,
  toSnapshotItem,
  toSpriteItem,
} from './result-items.ts';
import { NEVER, toWireTime } from './wire-time.ts';

/** `MediaBasicInfo` of the API and of the events. */
export function toBasicInfo(found: MediaWithArtifacts, publicUrl: string): MediaBasicInfo {
  const { media } = found;
  const source = findSource(found);
  const cover = newestCover(found);
  return {
    Name: media.name,
    Description: media.description,
    CreateTime: toWireTime(media.created_at),
    UpdateTime: toWireTime(media.updated_at),
    ExpireTime: toWireTime(media.expire_at, NEVER),
    ClassId: media.class_id,
    ClassName: '其他',
    ClassPath: '其他',
    CoverUrl: cover ? toMediaUrl(publicUrl, cover) : '',
    Type: media.type,
    MediaUrl: source ? toMediaUrl(publicUrl, source) : '',
    TagSet: [],
    StorageRegion: media.storage_region,
    StoragePath: source ? `/${source.folder}/${source.name}` : '',
    Category: media.category,
    Status: media.status,
    StorageClass: 'STANDARD',
    SourceInfo: { SourceType: media.source_type, SourceContext: media.source_context },
    Vid: media.file_id,
  };
}

/** A media may have been given several: the last one is shown. */
function newestCover({ artifacts }: MediaWithArtifacts): ArtifactRow | undefined {
  return artifacts
    .filter(({ kind }) => kind === 'Cover')
    .toSorted((a, b) => b.created_at.getTime() - a.created_at.getTime())[0];
}

/** A section of DescribeMediaInfos: its filter's name, its field, and what stands in it. */
const SECTIONS: Record<
  string,
  { field: string; value: (found: MediaWithArtifacts, url: string) => unknown }
> = {
  basicInfo: { field: 'BasicInfo', value: toBasicInfo },
  metaData: { field: 'MetaData', value: (found) => found.media.meta_data },
  transcodeInfo: { field: 'TranscodeInfo', value: toTranscodeInfo },
  adaptiveDynamicStreamingInfo: {
    field: 'AdaptiveDynamicStreamingInfo',
    value: setOf('AdaptiveDynamicStreaming', 'AdaptiveDynamicStreamingSet', toAdaptiveItem),
  },
  animatedGraphicsInfo: {
    field: 'AnimatedGraphicsInfo',
    value: setOf('AnimatedGraphics', 'AnimatedGraphicsSet', toAnimatedItem),
  },
  sampleSnapshotInfo: {
    field: 'SampleSnapshotInfo',
    value: setOf('SampleSnapshot', 'SampleSnapshotSet', toSampleItem),
  },
  imageSpriteInfo: {
    field: 'ImageSpriteInfo',
    value: setOf('ImageSprites', 'ImageSpriteSet', toSpriteItem),
  },
  snapshotByTimeOffsetInfo: {
    field: 'SnapshotByTimeOffsetInfo',
    value: setOf('SnapshotByTimeOffset', 'SnapshotByTimeOffsetSet', toSnapshotItem),
  },
  keyFrameDescInfo: { field: 'KeyFrameDescInfo', value: nothing },
  miniProgramReviewInfo: { field: 'MiniProgramReviewInfo', value: nothing },
  subtitleInfo: { field: 'SubtitleInfo', value: nothing },
  reviewInfo: { field: 'ReviewInfo', value: nothing },
};

/** The results of one kind as the cloud lists them, or null when there are none. */
function setOf(
  kind: ArtifactKind,
  member: string,
  toItem: (file: ArtifactRow, publicUrl: string) => object,
): (found: MediaWithArtifacts, publicUrl: string) => unknown {
  return ({ artifacts }, publicUrl) => {
    const files = artifacts.filter((file) => file.kind === kind);
    return files.length === 0 ? null : { [member]: files.map((file) => toItem(file, publicUrl)) };
  };
}

function nothing(): null {
  return null;
}

/**
 * `MediaInfo` of DescribeMediaInfos. Sections that were not asked for, and those the media has nothing for, are null.
 * @param filters names of sections (`basicInfo`, `metaData`, `transcodeInfo` …), in any case; empty = all
 */
export function toMediaInfo(
  found: MediaWithArtifacts,
  filters: readonly string[],
  publicUrl: string,
): Record<string, unknown> {
  const wanted = new Set(filters.map((filter) => filter.toLowerCase()));
  const info: Record<string, unknown> = { FileId: found.media.file_id };
  for (const [filter, section] of Object.entries(SECTIONS)) {
    const isWanted = wanted.size === 0 || wanted.has(filter.toLowerCase());
    info[section.field] = isWanted ? section.value(found, publicUrl) : null;
  }
  return info;
}

/** The renditions, the source among them as Definition 0 (so does the cloud). */
function toTranscodeInfo(found: MediaWithArtifacts, publicUrl: string): unknown {
  const files = found.artifacts.filter(({ kind }) => kind === 'Source' || kind === 'Transcode');
  const playable = files.filter((file) => file.kind === 'Transcode' || found.media.meta_data);
  return playable.length === 0
    ? null
    : { TranscodeSet: playable.map((file) => toTranscodeItem(file, found.media, publicUrl)) };
}

/** `MediaTranscodeItem` of the API and of a finished transcode sub-task. */
export function toTranscodeItem(file: ArtifactRow, media: MediaRow, publicUrl: string): MediaTranscodeItem {
  const meta: MediaMetaData | null = file.kind === 'Source' ? media.meta_data : file.meta_data;
  return {
    Url: toMediaUrl(publicUrl, file),
    Definition: file.definition,
    Bitrate: meta?.Bitrate ?? 0,
    Height: meta?.Height ?? 0,
    Width: meta?.Width ?? 0,
    Size: file.details?.sizeBytes ?? file.size_bytes,
    Duration: meta?.Duration ?? 0,
    Container: meta?.Container ?? '',
    Md5: file.md5,
    VideoStreamSet: meta?.VideoStreamSet ?? [],
    AudioStreamSet: meta?.AudioStreamSet ?? [],
    DigitalWatermarkType: 'None',
    CopyRightWatermarkText: '',
  };
}
