import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { errorOf } from '../support/error-of.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let media: Awaited<ReturnType<typeof uploadFile>>;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  media = await uploadFile(stack, clip.path);
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

it('a forbidden media answers 403 to every kind of request until it is recovered', async () => {
  const FileIds = [media.FileId, '5285000000000000000'];
  const answer = await stack.client.ForbidMediaDistribution({ FileIds, Operation: 'forbid' });
  expect(answer.NotExistFileIdSet).toEqual(['5285000000000000000']);
  const requests: RequestInit[] = [{}, { method: 'HEAD' }, { headers: { range: 'bytes=0-9' } }];
  for (const request of requests) expect((await fetch(media.MediaUrl ?? '', request)).status).toBe(403);
  expect(await statusOf(media.FileId)).toBe('Forbidden');
  await stack.client.ForbidMediaDistribution({ FileIds: [media.FileId], Operation: 'recover' });
  expect((await fetch(media.MediaUrl ?? '')).status).toBe(200);
  expect(await statusOf(media.FileId)).toBe('Normal');
});

async function statusOf(fileId: string): Promise<string | undefined> {
  const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [fileId] });
  return MediaInfoSet?.[0]?.BasicInfo?.Status;
}

it.each([
  ['an unknown operation', { FileIds: ['1'], Operation: 'hide' }, 'InvalidParameterValue.Operation'],
  ['no media', { FileIds: [], Operation: 'forbid' }, 'InvalidParameter'],
  [
    '21 media',
    { FileIds: Array.from({ length: 21 }, (_, index) => String(index)), Operation: 'forbid' },
    'InvalidParameterValue.FileIdsTooMany',
  ],
])('ForbidMediaDistribution refuses %s', async (_what, request, code) => {
  const error = await errorOf(stack.client.ForbidMediaDistribution(request));
  expect(error.code).toBe(code);
});

it('DescribeStorageData adds up what is stored', async () => {
  const before = await stack.client.DescribeStorageData({});
  const added = await uploadFile(stack, clip.path);
  const after = await stack.client.DescribeStorageData({});
  expect(after.MediaCount).toBe(Number(before.MediaCount) + 1);
  const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [added.FileId] });
  const size = MediaInfoSet?.[0]?.MetaData?.Size;
  expect(after.TotalStorage).toBe(Number(before.TotalStorage) + Number(size));
  expect(after.StorageStat).toEqual([
    expect.objectContaining({ TotalStorage: after.TotalStorage, StandardStorage: after.TotalStorage }),
  ]);
});

it('ListFiles lists paths with prefix, delimiter and marker', async () => {
  const SubAppId = stack.server.credentials.appId;
  const folder = new URL(media.MediaUrl ?? '').pathname.split('/')[1] ?? '';
  const top = await stack.client.ListFiles({ SubAppId, Delimiter: '/' });
  expect(top.CommonPrefixes).toEqual([`${folder}/`]);
  expect(top.Contents).toEqual([]);
  const first = await stack.client.ListFiles({ SubAppId, Prefix: `${folder}/`, MaxKeys: 1 });
  expect(first.IsTruncated).toBe(true);
  const rest = await stack.client.ListFiles({ SubAppId, Marker: first.NextMarker ?? '' });
  expect(rest.IsTruncated).toBe(false);
  const keys = [...(first.Contents ?? []), ...(rest.Contents ?? [])].map(({ Key }) => Key);
  expect(keys).toContain(new URL(media.MediaUrl ?? '').pathname.slice(1));
  expect(keys).toEqual(keys.toSorted((a = '', b = '') => (a < b ? -1 : 1)));
});

it('ListFiles refuses 101 keys and unknown categories', async () => {
  const SubAppId = stack.server.credentials.appId;
  const keys = await errorOf(stack.client.ListFiles({ SubAppId, MaxKeys: 101 }));
  expect(keys.code).toBe('InvalidParameterValue');
  const category = await errorOf(stack.client.ListFiles({ SubAppId, Categories: ['Text'] }));
  expect(category.code).toBe('InvalidParameterValue.Categories');
});

it('ListFiles pages through folders, each once, whatever their names', async () => {
  const SubAppId = stack.server.credentials.appId;
  const database = await stack.openDatabase();
  for (const folder of ['zz/a', 'zz/b', 'zz/c']) {
    for (const name of ['1.mp4', '\u{1F600}.mp4']) {
      await database.pool.query(
        `insert into vod.artifact (file_id, kind, folder, name, blob_key, content_type, size_bytes, md5)
         values ($1, 'SourceSegment', $2, $3, 'none', 'video/mp4', 1, 'none')`,
        [media.FileId, folder, name],
      );
    }
  }
  const pages: (string[] | undefined)[] = [];
  let Marker = '';
  for (let isTruncated = true; isTruncated && pages.length < 10;) {
    const page = await stack.client.ListFiles({
      SubAppId,
      Prefix: 'zz/',
      Delimiter: '/',
      MaxKeys: 1,
      Marker,
    });
    pages.push(page.CommonPrefixes);
    isTruncated = page.IsTruncated ?? false;
    Marker = page.NextMarker ?? '';
  }
  expect(pages).toEqual([['zz/a/'], ['zz/b/'], ['zz/c/']]);
  const { Contents } = await stack.client.ListFiles({ SubAppId, Prefix: 'zz/a/', Delimiter: '/' });
  expect(Contents?.map(({ FileType }) => FileType)).toEqual(['OriginalFiles', 'OriginalFiles']);
});
