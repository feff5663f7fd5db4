import type { models } from '@vodstack/protocol';
import type { Client } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_client.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from '../support/error-of.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startQuietStack();
});
afterAll(async () => {
  await stack?.stop();
});

type Call = (request: object) => Promise<Record<string, unknown>>;

/** The official client's method of an action; each family is driven through the same four. */
function call(action: string): Call {
  const method = stack.client[action as keyof Client] as unknown as Call;
  return (request) => method.call(stack.client, request);
}

interface Family {
  noun: string;
  /** The least that makes one, and what is made of it. */
  create: object;
  made: object;
  modify: object;
  modified: object;
  preset: number;
  quota: number;
}

const video = { Codec: 'libx264', Fps: 24, Bitrate: 256 };
const audio = { Codec: 'libfdk_aac', Bitrate: 48, SampleRate: 44_100 };

const families: Family[] = [
  {
    noun: 'TranscodeTemplate',
    create: { Container: 'mp4', VideoTemplate: video, AudioTemplate: audio },
    made: {
      Container: 'mp4',
      ContainerType: 'Video',
      RemoveVideo: 0,
      RemoveAudio: 0,
      VideoTemplate: { ...video, ResolutionAdaptive: 'open', Width: 0, Height: 0, FillType: 'black', Gop: 0 },
      AudioTemplate: { ...audio, AudioChannel: 2 },
      TEHDConfig: { Type: 'OFF' },
    },
    modify: { VideoTemplate: { Height: 480 }, TEHDConfig: { Type: 'TEHD-100' } },
    modified: {
      VideoTemplate: { ...video, Height: 480 },
      TEHDConfig: { Type: 'TEHD-100', MaxVideoBitrate: 0 },
    },
    preset: 100_010,
    quota: 100,
  },
  {
    noun: 'AdaptiveDynamicStreamingTemplate',
    create: { Format: 'HLS', StreamInfos: [{ Video: video, Audio: audio }] },
    made: {
      Format: 'HLS',
      DrmType: '',
      StreamInfos: [
        { Video: { ...video, FillType: 'black' }, Audio: { ...audio, AudioChannel: 2 }, RemoveAudio: 0 },
      ],
      DisableHigherVideoBitrate: 0,
      SegmentType: 'ts-segment',
      SegmentDuration: 6,
    },
    modify: { DrmType: 'SimpleAES', SegmentDuration: 10 },
    modified: { Format: 'HLS', DrmType: 'SimpleAES', SegmentDuration: 10 },
    preset: 10,
    quota: 100,
  },
  {
    noun: 'SnapshotByTimeOffsetTemplate',
    create: {},
    made: { Width: 0, Height: 0, ResolutionAdaptive: 'open', Format: 'jpg', FillType: 'black' },
    modify: { Width: 640, Format: 'png' },
    modified: { Width: 640, Height: 0, Format: 'png' },
    preset: 10,
    quota: 16,
  },
  {
    noun: 'SampleSnapshotTemplate',
    create: { SampleType: 'Percent', SampleInterval: 20 },
    made: { SampleType: 'Percent', SampleInterval: 20, Format: 'jpg', Width: 0 },
    modify: { SampleType: 'Time', SampleInterval: 200 },
    modified: { SampleType: 'Time', SampleInterval: 200 },
    preset: 10,
    quota: 16,
  },
  {
    noun: 'ImageSpriteTemplate',
    create: { SampleType: 'Time', SampleInterval: 5, RowCount: 10, ColumnCount: 10, Width: 160 },
    made: { RowCount: 10, ColumnCount: 10, Width: 160, Height: 0, Format: 'jpg', FillType: 'black' },
    modify: { ColumnCount: 5 },
    modified: { RowCount: 10, ColumnCount: 5 },
    preset: 10,
    quota: 16,
  },
  {
    noun: 'AnimatedGraphicsTemplate',
    create: { Fps: 5 },
    made: { Fps: 5, Format: 'gif', Quality: 75, Width: 0, Height: 0 },
    modify: { Quality: 50 },
    modified: { Fps: 5, Quality: 50 },
    preset: 20_000,
    quota: 16,
  },
];

describe.each(families)('$noun', ({ noun, create, made, modify, modified, preset, quota }) => {
  /** As the family's list shows one. */
  async function describeOne(definition: unknown): Promise<Record<string, unknown> | undefined> {
    const response = await call(`Describe${noun}s`)({ Definitions: [definition] });
    const templates = response[`${noun}Set`] as Record<string, unknown>[];
    expect(response['TotalCount']).toBe(templates.length);
    return templates[0];
  }

  it('is made with defaults, changed in parts, and deleted', async () => {
    const { Definition } = await call(`Create${noun}`)({ Name: 'name', Comment: 'comment', ...create });
    expect(Definition).toBeGreaterThan(1_000_000);
    const first = await describeOne(Definition);
    expect(first).toMatchObject({ Type: 'Custom', Name: 'name', Comment: 'comment', ...made });
    expect(first?.['CreateTime']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(first?.['Definition']).toBe(noun === 'TranscodeTemplate' ? String(Definition) : Definition);
    await call(`Modify${noun}`)({ Definition, Name: 'changed', ...modify });
    expect(await describeOne(Definition)).toMatchObject({ Name: 'changed', Comment: 'comment', ...modified });
    await call(`Delete${noun}`)({ Definition });
    expect(await describeOne(Definition)).toBeUndefined();
    const gone = 'ResourceNotFound.TemplateNotExist';
    expect((await errorOf(call(`Modify${noun}`)({ Definition, Name: 'x' }))).code).toBe(gone);
    expect((await errorOf(call(`Delete${noun}`)({ Definition }))).code).toBe(gone);
  });

  it('that is a preset is shown, and neither changed nor deleted', async () => {
    expect(await describeOne(preset)).toMatchObject({ Type: 'Preset' });
    expect((await errorOf(call(`Modify${noun}`)({ Definition: preset }))).code).toBe(
      'InvalidParameterValue.ModifyDefaultTemplate',
    );
    expect((await errorOf(call(`Delete${noun}`)({ Definition: preset }))).code).toBe(
      'InvalidParameterValue.DeleteDefaultTemplate',
    );
  });

  it.each([
    ['a name of 65 characters', { Name: 'x'.repeat(65) }, 'InvalidParameterValue.Name'],
    ['a comment of 257 characters', { Comment: 'x'.repeat(257) }, 'InvalidParameterValue.Comment'],
    ['an unknown application', { SubAppId: 3 }, 'InvalidParameterValue.SubAppId'],
  ])('is not made with %s', async (_what, changes, code) => {
    expect((await errorOf(call(`Create${noun}`)({ ...create, ...changes }))).code).toBe(code);
  });

  it.each([
    ['an unknown type', { Type: 'Mine' }, 'InvalidParameterValue.Type'],
    ['a page of 101', { Limit: 101 }, 'InvalidParameterValue.Limit'],
    ['a page of none', { Limit: 0 }, 'InvalidParameterValue.Limit'],
    [
      '101 definitions',
      { Definitions: Array.from({ length: 101 }, (_, index) => index) },
      'InvalidParameterValue.Definitions',
    ],
  ])('is not listed by %s', async (_what, request, code) => {
    expect((await errorOf(call(`Describe${noun}s`)(request))).code).toBe(code);
  });

  it(`is made ${quota} times at most, also when many are made at once`, async () => {
    const before = await call(`Describe${noun}s`)({ Type: 'Custom' });
    expect(before['TotalCount']).toBe(0);
    const outcomes = await Promise.allSettled(
      Array.from({ length: quota + 2 }, () => call(`Create${noun}`)(create)),
    );
    const made = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const reasons = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [(outcome.reason as { code: string }).code] : [],
    );
    expect(made).toHaveLength(quota);
    expect(reasons).toEqual(['LimitExceeded.TooMuchTemplate', 'LimitExceeded.TooMuchTemplate']);
    const page = await call(`Describe${noun}s`)({ Type: 'Custom', Offset: quota - 3, Limit: 2 });
    expect(page['TotalCount']).toBe(quota);
    expect(page[`${noun}Set`]).toHaveLength(2);
    for (const { Definition } of made) await call(`Delete${noun}`)({ Definition });
  });
});

describe('DescribeTranscodeTemplates', () => {
  async function list(request: models.DescribeTranscodeTemplatesRequest): Promise<(string | undefined)[]> {
    const { TranscodeTemplateSet = [] } = await stack.client.DescribeTranscodeTemplates({
      Limit: 100,
      ...request,
    });
    return TranscodeTemplateSet.map(({ Definition }) => Definition);
  }

  it('tells audio from video and 极速高清 from the rest', async () => {
    expect(await list({ ContainerType: 'PureAudio' })).toEqual([
      '1010',
      '1020',
      '1100',
      '1110',
      '1120',
      '1130',
      '1140',
    ]);
    expect(await list({ TEHDType: 'TEHD' })).toEqual(['100800', '100810', '100820', '100830', '100840']);
    expect(await list({ TEHDType: 'Common', ContainerType: 'Video' })).not.toContain('100800');
  });

  it('shows the presets of before 2020 to those who name them', async () => {
    expect(await list({})).not.toContain('10');
    expect(await list({ Definitions: [10, 100_010, 5] })).toEqual(['10', '100010']);
  });

  it.each([
    ['ContainerType', { ContainerType: 'Text' }],
    ['TEHDType', { TEHDType: 'OFF' }],
  ])('refuses an unknown %s', async (name, request) => {
    const error = await errorOf(stack.client.DescribeTranscodeTemplates(request));
    expect(error.code).toBe(`InvalidParameterValue.${name}`);
  });
});
