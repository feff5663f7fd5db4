import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from '../support/error-of.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';

let stack: Stack;
let animals: number;
let cats: number;

/** Rows as an upload would leave them: what is searched is what the database knows. */
const MEDIA = [
  {
    id: '5285000000000000001',
    name: 'Cat video',
    type: 'mp4',
    tags: ['pet', '猫'],
    at: '2026-01-01T00:00:00Z',
  },
  { id: '5285000000000000002', name: 'a cat', type: 'mov', tags: ['pet'], at: '2026-01-02T00:00:00Z' },
  { id: '5285000000000000003', name: 'cat', type: 'mp4', tags: [], at: '2026-01-03T00:00:00Z' },
  {
    id: '5285000000000000004',
    name: '猫的视频 100%_x',
    type: 'mp3',
    tags: ['猫'],
    at: '2026-01-04T00:00:00Z',
  },
  { id: '5285000000000000005', name: 'Dog', type: 'mp4', tags: [], at: '2026-01-05T00:00:00Z' },
];

beforeAll(async () => {
  stack = await startQuietStack();
  const { client, server } = stack;
  animals = Number((await client.CreateClass({ ParentId: -1, ClassName: 'Animals' })).ClassId);
  cats = Number((await client.CreateClass({ ParentId: animals, ClassName: 'Cats' })).ClassId);
  const database = await stack.openDatabase();
  for (const [index, media] of MEDIA.entries()) {
    await database.pool.query(
      `insert into vod.media (file_id, sub_app_id, name, description, class_id, type, category, storage_region,
         source_folder, derived_folder, source_type, status, tags, created_at, updated_at, expire_at)
       values ($1, $2, $3, $4, $5, $6, $7, 'ap-chongqing', 'a', 'b', 'Upload', $8, $9, $10, $10, $11)`,
      [
        media.id,
        server.credentials.appId,
        media.name,
        index === 4 ? 'Chases the CAT' : '',
        index === 0 ? cats : index === 4 ? animals : 0,
        media.type,
        media.type === 'mp3' ? 'Audio' : 'Video',
        index === 2 ? 'Forbidden' : 'Normal',
        media.tags,
        media.at,
        index === 1 ? '2099-01-01T00:00:00Z' : null,
      ],
    );
  }
});
afterAll(() => stack?.stop());

type Request = Parameters<Stack['client']['SearchMedia']>[0];

/** The numbers of the media found, in the order in which they come. */
async function find(request: Request): Promise<number[]> {
  const { MediaInfoSet, TotalCount } = await stack.client.SearchMedia(request);
  expect(TotalCount).toBe(MediaInfoSet?.length);
  return (MediaInfoSet ?? []).map(({ FileId }) => Number(FileId?.slice(-1)));
}

describe('SearchMedia finds', () => {
  it.each<[string, Request, number[]]>([
    ['everything, the newest first', {}, [5, 4, 3, 2, 1]],
    ['everything, the oldest first', { Sort: { Field: 'CreateTime', Order: 'Asc' } }, [1, 2, 3, 4, 5]],
    ['a piece of a name in any case, the best fit first', { Names: ['CAT'] }, [3, 1, 2]],
    ['one character', { Names: ['猫'] }, [4]],
    ['two characters', { Names: ['视频'] }, [4]],
    ['characters that are special elsewhere', { Names: ['0%_'] }, [4]],
    ['one of several names', { Names: ['dog', '猫'] }, [5, 4]],
    ['the beginning of a name as it is written', { NamePrefixes: ['Cat', 'a'] }, [2, 1]],
    ['no wildcard in a beginning', { NamePrefixes: ['%'] }, []],
    ['a piece of a description', { Descriptions: ['the cat'] }, [5]],
    ['a text in name or description', { Text: 'cat' }, [3, 1, 5, 2]],
    ['any of several tags', { Tags: ['猫', 'nothing'] }, [4, 1]],
    ['types', { MediaTypes: ['MOV', 'mp3'] }, [4, 2]],
    ['categories', { Categories: ['Audio'] }, [4]],
    ['a status', { Status: ['Forbidden'] }, [3]],
    ['files by their ids', { FileIds: ['5285000000000000002', '1'] }, [2]],
    ['the class of storage', { StorageClasses: ['STANDARD_IA'] }, []],
    ['regions', { StorageRegions: ['ap-chongqing'] }, [5, 4, 3, 2, 1]],
    ['sources', { SourceTypes: ['Record'] }, []],
    ['streams', { StreamIds: ['stream'] }, []],
    [
      'a time with both its ends',
      { CreateTime: { After: '2026-01-02T00:00:00Z', Before: '2026-01-03T08:00:00+08:00' } },
      [3, 2],
    ],
    ['the old names of times', { StartTime: '2026-01-04T00:00:00Z', EndTime: '2026-01-05T00:00:00Z' }, [4]],
    ['times of expiry', { ExpireTime: { After: '2098-01-01T00:00:00Z' } }, [2]],
    ['what fits all filters', { Names: ['cat'], Tags: ['pet'], MediaTypes: ['mp4'] }, [1]],
    ['a text whatever the field to sort by', { Names: ['dog'], Sort: { Field: 'Size', Order: 'Desc' } }, [5]],
    ['nothing', { Names: ['elephant'] }, []],
  ])('%s', async (_what, request, numbers) => {
    expect(await find(request)).toEqual(numbers);
  });

  it('media of a class and of those below it', async () => {
    expect(await find({ ClassIds: [animals] })).toEqual([5, 1]);
    expect(await find({ ClassIds: [cats] })).toEqual([1]);
  });

  it('page by page, with the count of all', async () => {
    const second = await stack.client.SearchMedia({ Offset: 2, Limit: 2 });
    expect(second.MediaInfoSet?.map(({ FileId }) => FileId?.slice(-1))).toEqual(['3', '2']);
    expect(second.TotalCount).toBe(5);
    const past = await stack.client.SearchMedia({ Offset: 100 });
    expect(past).toMatchObject({ TotalCount: 5, MediaInfoSet: [] });
  });

  it('only the sections that were asked for', async () => {
    const { MediaInfoSet } = await stack.client.SearchMedia({ Names: ['dog'], Filters: ['basicInfo'] });
    expect(MediaInfoSet?.[0]).toMatchObject({
      BasicInfo: { Name: 'Dog' },
      TranscodeInfo: null,
      MetaData: null,
    });
  });

  it('nothing of another application', async () => {
    const { SubAppId } = await stack.client.CreateSubAppId({ Name: 'other' });
    expect(await find({ SubAppId: Number(SubAppId) })).toEqual([]);
  });
});

describe('SearchMedia refuses', () => {
  it.each<[string, Request, string]>([
    ['11 names', { Names: Array.from({ length: 11 }, String) }, 'InvalidParameterValue.Names'],
    ['a name of 101 characters', { Names: ['n'.repeat(101)] }, 'InvalidParameterValue.Names'],
    ['17 tags', { Tags: Array.from({ length: 17 }, String) }, 'InvalidParameterValue.Tags'],
    ['11 classes', { ClassIds: Array.from({ length: 11 }, (_, id) => id) }, 'InvalidParameterValue.ClassIds'],
    ['an unknown category', { Categories: ['Text'] }, 'InvalidParameterValue.Categories'],
    ['an unknown status', { Status: ['Lost'] }, 'InvalidParameterValue.Status'],
    ['a text of 65 characters', { Text: 't'.repeat(65) }, 'InvalidParameterValue.Text'],
    ['a time that is none', { StartTime: 'yesterday' }, 'InvalidParameterValue.StartTime'],
    ['another field to sort by', { Sort: { Field: 'Size', Order: 'Asc' } }, 'InvalidParameterValue.Sort'],
    ['a page past 5,000', { Offset: 4991, Limit: 10 }, 'InvalidParameterValue.Offset'],
  ])('%s', async (_what, request, code) => {
    expect((await errorOf(stack.client.SearchMedia(request))).code).toBe(code);
  });
});
