import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { errorOf } from '../support/error-of.ts';
import { eventually } from '../support/eventually.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let media: Awaited<ReturnType<typeof uploadFile>>;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  media = await uploadFile(stack, clip.path, { MediaName: 'Clip', SourceContext: 'source' });
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

const SECTIONS = [
  'BasicInfo',
  'MetaData',
  'TranscodeInfo',
  'AdaptiveDynamicStreamingInfo',
  'AnimatedGraphicsInfo',
  'SampleSnapshotInfo',
  'ImageSpriteInfo',
  'SnapshotByTimeOffsetInfo',
  'KeyFrameDescInfo',
  'MiniProgramReviewInfo',
  'SubtitleInfo',
  'ReviewInfo',
];

function idsOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `52850000000000000${String(index).padStart(2, '0')}`);
}

describe('DescribeMediaInfos refuses', () => {
  it.each([
    ['no file', { FileIds: [] }, 'InvalidParameterValue.FileIdsEmpty'],
    ['21 files', { FileIds: idsOf(21) }, 'InvalidParameterValue.FileIdsOverLimit'],
    ['an unknown application', { FileIds: ['1'], SubAppId: 3 }, 'InvalidParameterValue.SubAppId'],
  ])('%s', async (_what, request, code) => {
    const error = await errorOf(stack.client.DescribeMediaInfos(request));
    expect(error.code).toBe(code);
  });
});

describe('DescribeMediaInfos tells', () => {
  it('which of up to 20 files do not exist, as no error', async () => {
    const FileIds = [...idsOf(19), media.FileId];
    const answer = await stack.client.DescribeMediaInfos({ FileIds });
    expect(answer.NotExistFileIdSet).toEqual(idsOf(19));
    expect(answer.MediaInfoSet?.map(({ FileId }) => FileId)).toEqual([media.FileId]);
  });

  it('a file once that was named twice', async () => {
    const answer = await stack.client.DescribeMediaInfos({ FileIds: [media.FileId, media.FileId] });
    expect(answer.MediaInfoSet).toHaveLength(1);
  });

  it('all there is about a media', async () => {
    const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [media.FileId] });
    const [info] = MediaInfoSet ?? [];
    expect(Object.keys(info ?? {}).toSorted()).toEqual(['FileId', ...SECTIONS].toSorted());
    const { pathname } = new URL(media.MediaUrl ?? '');
    const time = expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(info?.BasicInfo).toEqual({
      Name: 'Clip',
      Description: '',
      CreateTime: time,
      UpdateTime: time,
      ExpireTime: '9999-12-31T23:59:59Z',
      ClassId: 0,
      ClassName: '其他',
      ClassPath: '其他',
      CoverUrl: '',
      Type: 'mp4',
      MediaUrl: media.MediaUrl,
      TagSet: [],
      StorageRegion: 'ap-chongqing',
      StoragePath: pathname,
      Category: 'Video',
      Status: 'Normal',
      StorageClass: 'STANDARD',
      SourceInfo: { SourceType: 'Upload', SourceContext: 'source' },
      Vid: media.FileId,
    });
    expect(info?.MetaData).toEqual({
      Size: clip.content.length,
      Container: 'mov,mp4,m4a,3gp,3g2,mj2',
      Bitrate: expect.any(Number),
      Height: 180,
      Width: 320,
      Duration: expect.closeTo(1, 0),
      Rotate: 0,
      VideoDuration: expect.closeTo(1, 0),
      AudioDuration: expect.closeTo(1, 0),
      Md5: clip.md5,
      VideoStreamSet: [
        {
          Bitrate: expect.any(Number),
          Height: 180,
          Width: 320,
          Codec: 'h264',
          Fps: 25,
          CodecTag: '',
          DynamicRangeInfo: { Type: 'SDR', HDRType: '' },
        },
      ],
      AudioStreamSet: [{ Bitrate: expect.any(Number), SamplingRate: 48_000, Codec: 'aac' }],
    });
    expect(info?.TranscodeInfo?.TranscodeSet).toEqual([
      expect.objectContaining({
        Url: media.MediaUrl,
        Definition: 0,
        Size: clip.content.length,
        Md5: clip.md5,
        Width: 320,
        Height: 180,
      }),
    ]);
  });

  it('only the sections that were asked for, in any case of letters', async () => {
    const { MediaInfoSet } = await stack.client.DescribeMediaInfos({
      FileIds: [media.FileId],
      Filters: ['BASICINFO', 'nothing'],
    });
    const [info = {}] = MediaInfoSet ?? [];
    const given = Object.entries(info).filter(([, value]) => value !== null);
    expect(given.map(([name]) => name)).toEqual(['FileId', 'BasicInfo']);
  });

  it('the renditions beside the source when there are some', async () => {
    await stack.client.ProcessMedia({
      FileId: media.FileId,
      MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
    });
    const files = await eventually('the rendition is listed', async () => {
      const request = { FileIds: [media.FileId], Filters: ['transcodeInfo'] };
      const set = (await stack.client.DescribeMediaInfos(request)).MediaInfoSet?.[0]?.TranscodeInfo
        ?.TranscodeSet;
      return set?.length === 2 && set;
    });
    expect(files.map(({ Definition }) => Definition)).toEqual([0, 100010]);
    expect(files[1]).toMatchObject({ Width: 640, Height: 360, Container: 'mov,mp4,m4a,3gp,3g2,mj2' });
    expect(files[1]?.Url).toMatch(
      new RegExp(`^${stack.url}/[0-9a-f]{8}vodtranscq\\d+/[0-9a-f]{8}${media.FileId}/v\\.f100010\\.mp4$`),
    );
  });
});
