import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { errorOf } from '../support/error-of.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

/** 1×1 pixel. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
/** 1×1 pixel, too. */
const GIF = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
const VTT = Buffer.from('WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n').toString('base64');

const run = promisify(execFile);
let stack: Stack;
let clip: Clip;
let FileId: string;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  FileId = (await uploadFile(stack, clip.path)).FileId ?? '';
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

type Change = Parameters<Stack['client']['ModifyMediaInfo']>[0];

async function modify(change: Partial<Change>): ReturnType<Stack['client']['ModifyMediaInfo']> {
  return await stack.client.ModifyMediaInfo({ FileId, ...change });
}

async function describeMedia() {
  const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [FileId] });
  return MediaInfoSet?.[0];
}

/** In Base64. */
async function makeJpeg(): Promise<string> {
  const args = ['-f', 'lavfi', '-i', 'color=red:size=16x16', '-frames:v', '1', '-f', 'mjpeg', '-'];
  const { stdout } = await run('ffmpeg', ['-v', 'error', ...args], { encoding: 'buffer' });
  return stdout.toString('base64');
}

function tagsOf(count: number, prefix = 'tag'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

function subtitle(Id: string, other: Partial<{ Content: string; Format: string }> = {}) {
  return { Id, Name: 'Subtitle', Language: 'en', Format: 'vtt', Content: VTT, ...other };
}

describe('ModifyMediaInfo refuses', () => {
  it.each<[string, Partial<Change>, string]>([
    ['a name of 65 characters', { Name: 'n'.repeat(65) }, 'InvalidParameterValue.Name'],
    ['a description of 129', { Description: 'd'.repeat(129) }, 'InvalidParameterValue.Description'],
    ['a time gone by', { ExpireTime: '2020-01-01T00:00:00Z' }, 'InvalidParameterValue.ExpireTime'],
    ['a time that is none', { ExpireTime: 'tomorrow' }, 'InvalidParameterValue.ExpireTime'],
    ['a class that is not there', { ClassId: 7 }, 'InvalidParameterValue.ClassId'],
    ['a cover that is no picture', { CoverData: 'aGVsbG8=' }, 'InvalidParameterValue.ImageDecodeError'],
    ['a tag of 33 characters', { AddTags: ['t'.repeat(33)] }, 'InvalidParameterValue.TagTooLong'],
    ['17 tags', { AddTags: tagsOf(17) }, 'LimitExceeded.TagCountReachMax'],
    [
      'adding and clearing tags',
      { AddTags: ['a'], ClearTags: 1 },
      'InvalidParameterValue.AddTagsAndClearTagsConflict',
    ],
    [
      'adding and deleting one tag',
      { AddTags: ['a'], DeleteTags: ['a'] },
      'InvalidParameterValue.AddTagsAndDeleteTagsConflict',
    ],
    [
      'a description of a moment of 129 characters',
      { AddKeyFrameDescs: [{ TimeOffset: 1, Content: 'c'.repeat(129) }] },
      'InvalidParameterValue.KeyFrameDescContentTooLong',
    ],
    [
      '101 moments',
      { AddKeyFrameDescs: Array.from({ length: 101 }, (_, at) => ({ TimeOffset: at, Content: 'x' })) },
      'LimitExceeded.KeyFrameDescCountReachMax',
    ],
    [
      'adding and clearing moments',
      { AddKeyFrameDescs: [{ TimeOffset: 1, Content: 'x' }], ClearKeyFrameDescs: 1 },
      'InvalidParameterValue.AddKeyFrameDescsAndClearKeyFrameDescsConflict',
    ],
    [
      'adding and deleting one moment',
      { AddKeyFrameDescs: [{ TimeOffset: 1, Content: 'x' }], DeleteKeyFrameDescs: [1] },
      'InvalidParameterValue.AddKeyFrameDescsAndDeleteKeyFrameDescsConflict',
    ],
    [
      'a subtitle that is no WebVTT',
      { AddSubtitles: [subtitle('a', { Content: 'aGVsbG8=' })] },
      'InvalidParameterValue',
    ],
    [
      'a subtitle of another format',
      { AddSubtitles: [subtitle('a', { Format: 'srt' })] },
      'InvalidParameterValue',
    ],
    [
      'a 17th subtitle',
      { AddSubtitles: Array.from({ length: 17 }, (_, at) => subtitle(`s${at}`)) },
      'InvalidParameterValue',
    ],
    ['two subtitles of one id', { AddSubtitles: [subtitle('a'), subtitle('a')] }, 'InvalidParameterValue'],
  ])('%s, and changes nothing', async (_what, change, code) => {
    const before = await describeMedia();
    const error = await errorOf(modify({ Description: 'changed', ...change }));
    expect(error.code).toBe(code);
    expect(await describeMedia()).toEqual(before);
  });

  it('a media that is not there', async () => {
    const error = await errorOf(stack.client.ModifyMediaInfo({ FileId: '5285000000000000000', Name: 'x' }));
    expect(error.code).toBe('ResourceNotFound.FileNotExist');
  });
});

describe('ModifyMediaInfo', () => {
  it('changes what is given and leaves the rest', async () => {
    await modify({ Name: '新名字', Description: 'first' });
    await modify({ ExpireTime: '2099-01-01T08:00:00+08:00' });
    expect((await describeMedia())?.BasicInfo).toMatchObject({
      Name: '新名字',
      Description: 'first',
      ExpireTime: '2099-01-01T00:00:00Z',
    });
    await modify({ Description: '', ExpireTime: '9999-12-31T23:59:59Z' });
    expect((await describeMedia())?.BasicInfo).toMatchObject({
      Name: '新名字',
      Description: '',
      ExpireTime: '9999-12-31T23:59:59Z',
    });
  });

  it('counts an emoji as one character', async () => {
    const Name = '🎬'.repeat(64);
    await modify({ Name, AddTags: ['🐈'.repeat(32)] });
    expect((await describeMedia())?.BasicInfo).toMatchObject({ Name, TagSet: ['🐈'.repeat(32)] });
    await modify({ ClearTags: 1 });
    expect((await errorOf(modify({ Name: `${Name}!` }))).message).toContain('got 65');
  });

  it('adds tags once, deletes some, clears all', async () => {
    await modify({ AddTags: ['cat', '猫', 'cat'] });
    await modify({ AddTags: ['cat', 'dog'], DeleteTags: ['猫'] });
    expect((await describeMedia())?.BasicInfo?.TagSet).toEqual(['cat', 'dog']);
    await modify({ ClearTags: 1 });
    expect((await describeMedia())?.BasicInfo?.TagSet).toEqual([]);
  });

  it('keeps descriptions of moments by time, one for each', async () => {
    await modify({
      AddKeyFrameDescs: [
        { TimeOffset: 2.5, Content: 'later' },
        { TimeOffset: 0, Content: 'start' },
      ],
    });
    await modify({ AddKeyFrameDescs: [{ TimeOffset: 2.5, Content: 'anew' }], DeleteKeyFrameDescs: [0] });
    expect((await describeMedia())?.KeyFrameDescInfo).toEqual({
      KeyFrameDescSet: [{ TimeOffset: 2.5, Content: 'anew' }],
    });
    await modify({ ClearKeyFrameDescs: 1 });
    expect((await describeMedia())?.KeyFrameDescInfo).toBeNull();
  });

  it('gives a cover an address, and the next one another', async () => {
    const first = await modify({ CoverData: PNG });
    expect((await fetch(first.CoverUrl ?? '')).headers.get('content-type')).toBe('image/png');
    const second = await modify({ CoverData: PNG });
    expect(second.CoverUrl).not.toBe(first.CoverUrl);
    expect((await describeMedia())?.BasicInfo?.CoverUrl).toBe(second.CoverUrl);
    expect((await fetch(first.CoverUrl ?? '')).status).toBe(404);
  });

  it('takes GIF and JPEG covers and says so when it serves them', async () => {
    const gif = await modify({ CoverData: GIF });
    expect((await fetch(gif.CoverUrl ?? '')).headers.get('content-type')).toBe('image/gif');
    const jpeg = await modify({ CoverData: await makeJpeg() });
    expect((await fetch(jpeg.CoverUrl ?? '')).headers.get('content-type')).toBe('image/jpeg');
  });

  it('serves subtitles, and forgets them when told', async () => {
    const { AddedSubtitleSet } = await modify({ AddSubtitles: [subtitle('en_1'), subtitle('en_2')] });
    expect(AddedSubtitleSet?.map(({ Id, Source }) => [Id, Source])).toEqual([
      ['en_1', 'UserUploaded'],
      ['en_2', 'UserUploaded'],
    ]);
    const url = AddedSubtitleSet?.[0]?.Url ?? '';
    const answer = await fetch(url);
    expect(answer.headers.get('content-type')).toMatch(/^text\/vtt/);
    expect(await answer.text()).toContain('Hello');
    await modify({ DeleteSubtitleIds: ['en_1'] });
    const { SubtitleInfo } = (await describeMedia()) ?? {};
    expect(SubtitleInfo?.SubtitleSet?.map(({ Id }) => Id)).toEqual(['en_2']);
    expect((await fetch(url)).status).toBe(404);
    await modify({ ClearSubtitles: 1 });
    expect((await describeMedia())?.SubtitleInfo).toBeNull();
  });
});
