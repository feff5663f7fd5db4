import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { errorOf } from '../support/error-of.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

async function createClass(name: string, parentId = -1): Promise<number> {
  const { ClassId } = await stack.client.CreateClass({ ParentId: parentId, ClassName: name });
  return Number(ClassId);
}

async function findClass(classId: number): Promise<object | undefined> {
  const { ClassInfoSet } = await stack.client.DescribeAllClass({});
  return ClassInfoSet?.find(({ ClassId }) => ClassId === classId);
}

describe('the class actions refuse', () => {
  it('a name that is empty or longer than 64 characters', async () => {
    for (const ClassName of ['', 'n'.repeat(65)]) {
      const error = await errorOf(stack.client.CreateClass({ ParentId: -1, ClassName }));
      expect(error.code).toBe('InvalidParameterValue.ClassName');
    }
  });

  it('a parent that is not there', async () => {
    const error = await errorOf(stack.client.CreateClass({ ParentId: 7, ClassName: 'lost' }));
    expect(error.code).toBe('FailedOperation.ParentIdNoFound');
  });

  it('a second class of one name at one place, but not at another', async () => {
    const parent = await createClass('twins');
    await createClass('twins', parent);
    const created = await errorOf(stack.client.CreateClass({ ParentId: -1, ClassName: 'twins' }));
    expect(created.code).toBe('FailedOperation.ClassNameDuplicate');
    const other = await createClass('other twin');
    const renamed = await errorOf(stack.client.ModifyClass({ ClassId: other, ClassName: 'twins' }));
    expect(renamed.code).toBe('FailedOperation.ClassNameDuplicate');
  });

  it('a fifth level', async () => {
    let parent = -1;
    for (const level of ['a', 'b', 'c', 'd']) parent = await createClass(`level ${level}`, parent);
    const error = await errorOf(stack.client.CreateClass({ ParentId: parent, ClassName: 'too deep' }));
    expect(error.code).toBe('FailedOperation.ClassLevelLimitExceeded');
  });

  it('changes of a class that is not there, of the default class too', async () => {
    for (const ClassId of [0, 7]) {
      const modified = await errorOf(stack.client.ModifyClass({ ClassId, ClassName: 'new' }));
      expect(modified.code).toBe('FailedOperation.ClassNoFound');
      const deleted = await errorOf(stack.client.DeleteClass({ ClassId }));
      expect(deleted.code).toBe('InvalidParameterValue.ClassId');
    }
  });

  it('an upload into a class that is not there', async () => {
    const error = await errorOf(stack.client.ApplyUpload({ MediaType: 'mp4', ClassId: 7 }));
    expect(error.code).toBe('InvalidParameterValue.ClassId');
  });

  it('a 501st class below one', async () => {
    const parent = await createClass('crowded');
    const database = await stack.openDatabase();
    await database.pool.query(
      `insert into vod.class (sub_app_id, parent_id, name) select $1, $2, 'child ' || n from generate_series(1, 500) n`,
      [stack.server.credentials.appId, parent],
    );
    const error = await errorOf(stack.client.CreateClass({ ParentId: parent, ClassName: 'one more' }));
    expect(error.code).toBe('FailedOperation.SubclassLimitExceeded');
  });
});

describe('classes', () => {
  it('are a tree whose first entry is always the default class', async () => {
    const animals = await createClass('Animals');
    const cats = await createClass('Cats', animals);
    const { ClassInfoSet } = await stack.client.DescribeAllClass({});
    expect(ClassInfoSet?.[0]).toEqual({
      ClassId: 0,
      ParentId: -1,
      ClassName: '其他',
      Name: 'SystemDefault',
      Level: 0,
      SubClassIdSet: [],
    });
    expect(await findClass(animals)).toEqual({
      ClassId: animals,
      ParentId: -1,
      ClassName: 'Animals',
      Name: 'Animals',
      Level: 0,
      SubClassIdSet: [cats],
    });
    expect(await findClass(cats)).toMatchObject({ ParentId: animals, Level: 1, SubClassIdSet: [] });
  });

  it('name the media in them, with the path from the top, also after a change of name', async () => {
    const top = await createClass('Sports');
    const below = await createClass('Chess', top);
    const media = await uploadFile(stack, clip.path, { ClassId: below });
    await stack.client.ModifyClass({ ClassId: top, ClassName: 'Games' });
    const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [media.FileId] });
    expect(MediaInfoSet?.[0]?.BasicInfo).toMatchObject({
      ClassId: below,
      ClassName: 'Chess',
      ClassPath: 'Games-Chess',
    });
  });

  it('go only when there is nothing in them', async () => {
    const parent = await createClass('full');
    const child = await createClass('inner', parent);
    const media = await uploadFile(stack, clip.path, { ClassId: child });
    for (const ClassId of [parent, child]) {
      const error = await errorOf(stack.client.DeleteClass({ ClassId }));
      expect(error.code).toBe('UnsupportedOperation.ClassNotEmpty');
    }
    await stack.client.ModifyMediaInfo({ FileId: media.FileId, ClassId: 0 });
    await stack.client.DeleteClass({ ClassId: child });
    await stack.client.DeleteClass({ ClassId: parent });
    expect(await findClass(parent)).toBeUndefined();
  });
});
