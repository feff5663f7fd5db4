import type { models } from '@vodstack/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { errorOf } from '../support/error-of.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let FileId: string;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  ({ FileId } = await uploadFile(stack, clip.path));
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

async function process(MediaProcessTask: models.MediaProcessTaskInput): Promise<models.ProcedureTask> {
  const { TaskId = '' } = await stack.client.ProcessMedia({ FileId, MediaProcessTask });
  return (await stack.client.DescribeTaskDetail({ TaskId })).ProcedureTask ?? {};
}

describe('ProcessMedia takes', () => {
  it('every kind of sub-task, and lists them in the documented order with their inputs', async () => {
    const { MediaProcessResultSet = [] } = await process({
      AdaptiveDynamicStreamingTaskSet: [{ Definition: 9007 }],
      CoverBySnapshotTaskSet: [{ Definition: 9006, PositionType: 'Percent', PositionValue: 50 }],
      ImageSpriteTaskSet: [{ Definition: 9005 }],
      SampleSnapshotTaskSet: [{ Definition: 9004 }],
      SnapshotByTimeOffsetTaskSet: [{ Definition: 9003, ExtTimeOffsetSet: ['0.5s', '10%'] }],
      AnimatedGraphicTaskSet: [{ Definition: 9002, StartTimeOffset: 0, EndTimeOffset: 1.5 }],
      TranscodeTaskSet: [{ Definition: 9001 }],
    });
    expect(MediaProcessResultSet).toMatchObject([
      { Type: 'Transcode', TranscodeTask: { Input: { Definition: 9001, WatermarkSet: [] } } },
      {
        Type: 'AnimatedGraphics',
        AnimatedGraphicTask: { Input: { Definition: 9002, StartTimeOffset: 0, EndTimeOffset: 1.5 } },
      },
      {
        Type: 'SnapshotByTimeOffset',
        SnapshotByTimeOffsetTask: {
          Input: { Definition: 9003, ExtTimeOffsetSet: ['0.5s', '10%'], TimeOffsetSet: [] },
        },
      },
      { Type: 'SampleSnapshot', SampleSnapshotTask: { Input: { Definition: 9004 } } },
      { Type: 'ImageSprites', ImageSpriteTask: { Input: { Definition: 9005 } } },
      {
        Type: 'CoverBySnapshot',
        CoverBySnapshotTask: { Input: { Definition: 9006, PositionType: 'Percent', PositionValue: 50 } },
      },
      { Type: 'AdaptiveDynamicStreaming', AdaptiveDynamicStreamingTask: { Input: { Definition: 9007 } } },
    ]);
  });

  it('a part of the media, watermarks and changes of the template', async () => {
    const input = {
      Definition: 9001,
      StartTimeOffset: 1,
      EndTimeOffset: -2,
      WatermarkSet: [{ Definition: 9, TextContent: 'text', EndTimeOffset: 3 }],
      OverrideParameter: { Container: 'mp4', RemoveVideo: 0 },
    };
    const { MediaProcessResultSet = [] } = await process({ TranscodeTaskSet: [input] });
    expect(MediaProcessResultSet[0]?.TranscodeTask?.Input).toMatchObject(input);
  });
});

describe('ProcessMedia refuses', () => {
  it.each<[string, models.MediaProcessTaskInput, string]>([
    [
      'a time that is none',
      { SnapshotByTimeOffsetTaskSet: [{ Definition: 10, ExtTimeOffsetSet: ['soon'] }] },
      'ExtTimeOffsetSet',
    ],
    ['pictures at no time', { SnapshotByTimeOffsetTaskSet: [{ Definition: 10 }] }, 'ExtTimeOffsetSet'],
    [
      'a position of an unknown type',
      { CoverBySnapshotTaskSet: [{ Definition: 10, PositionType: 'Frame', PositionValue: 1 }] },
      'PositionType',
    ],
    [
      'a position beyond the end',
      { CoverBySnapshotTaskSet: [{ Definition: 10, PositionType: 'Percent', PositionValue: 101 }] },
      'PositionValue',
    ],
    [
      'eleven watermarks',
      {
        TranscodeTaskSet: [
          { Definition: 10, WatermarkSet: Array.from({ length: 11 }, () => ({ Definition: 1 })) },
        ],
      },
      'got 11',
    ],
    [
      'a watermark text of 101 characters',
      {
        TranscodeTaskSet: [
          { Definition: 10, WatermarkSet: [{ Definition: 1, TextContent: 'x'.repeat(101) }] },
        ],
      },
      'got 101',
    ],
    [
      'eleven mosaics',
      { TranscodeTaskSet: [{ Definition: 10, MosaicSet: Array.from({ length: 11 }, () => ({})) }] },
      'got 11',
    ],
    [
      'a mosaic of some size',
      { TranscodeTaskSet: [{ Definition: 10, MosaicSet: [{ Width: 'wide' }] }] },
      'MosaicSet.0.Width',
    ],
    [
      'a text on a picture',
      {
        SampleSnapshotTaskSet: [{ Definition: 10, WatermarkSet: [{ Definition: 1, TextContent: 'x' }] }],
      },
      'images only',
    ],
    [
      'eleven heads and tails',
      {
        TranscodeTaskSet: [
          { Definition: 10, HeadTailSet: Array.from({ length: 11 }, () => ({ Definition: 1 })) },
        ],
      },
      'got 11',
    ],
    [
      'three subtitles to be drawn',
      {
        TranscodeTaskSet: [
          { Definition: 10, SubtitleInfoSet: Array.from({ length: 3 }, () => ({ Id: 'a' })) },
        ],
      },
      'got 3',
    ],
    [
      'a subtitle in no size',
      { TranscodeTaskSet: [{ Definition: 10, SubtitleInfoSet: [{ Id: 'a', FontSize: 'big' }] }] },
      'SubtitleInfoSet.0.FontSize',
    ],
    [
      'a subtitle in no colour',
      { TranscodeTaskSet: [{ Definition: 10, SubtitleInfoSet: [{ Id: 'a', FontColor: '{\\b1}' }] }] },
      'SubtitleInfoSet.0.FontColor',
    ],
    [
      'a subtitle with an id that none can have',
      { AdaptiveDynamicStreamingTaskSet: [{ Definition: 10, SubtitleSet: ['../a'] }] },
      'SubtitleSet.0',
    ],
    [
      'a watermark template below zero',
      { TranscodeTaskSet: [{ Definition: 10, WatermarkSet: [{ Definition: -1 }] }] },
      'WatermarkSet.0.Definition',
    ],
  ])('%s', async (_what, MediaProcessTask, named) => {
    const error = await errorOf(stack.client.ProcessMedia({ FileId, MediaProcessTask }));
    expect(error.code).toBe('InvalidParameterValue');
    expect(error.message).toContain(named);
  });
});
