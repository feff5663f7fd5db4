import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listCode, readCodeFile } from '../src/code-view.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vodstack-code-'));
  await mkdir(join(folder, 'lib'));
  await writeFile(join(folder, 'index.js'), 'exports.main = () => 1;\n');
  await writeFile(join(folder, 'lib', 'raw.bin'), Buffer.from([0, 1]));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the code of a function', () => {
  it('is listed in order of path, without folders and links', async () => {
    await symlink('/etc/passwd', join(folder, 'link'));
    expect(await listCode(folder)).toEqual({
      files: [
        { path: 'index.js', sizeBytes: 24 },
        { path: 'lib/raw.bin', sizeBytes: 2 },
      ],
      isCut: false,
    });
  });

  it('is read as text, or said to be none', async () => {
    expect(await readCodeFile(folder, 'index.js')).toMatchObject({ text: 'exports.main = () => 1;\n' });
    expect(await readCodeFile(folder, 'lib/raw.bin')).toMatchObject({ text: null, sizeBytes: 2 });
  });

  it('shows the beginning of a large file, in whole characters', async () => {
    await writeFile(join(folder, 'large.txt'), `a${'海'.repeat(200_000)}`);
    const { text, isCut } = await readCodeFile(folder, 'large.txt');
    expect({ isCut, end: text?.at(-1) }).toEqual({ isCut: true, end: '海' });
  });

  it.each(['../index.js', '/etc/passwd', 'lib', 'lib/../index.js', '', 'link'])(
    'has no file %j',
    async (path) => {
      await symlink('/etc/passwd', join(folder, 'link'));
      await expect(readCodeFile(folder, path)).rejects.toThrow('The package has no file');
    },
  );

  it('names at most 2000 files, those near the top first', async () => {
    await mkdir(join(folder, 'a', 'deep'), { recursive: true });
    for (let index = 0; index < 2000; index++) await writeFile(join(folder, 'a', 'deep', `${index}`), '');
    const { files, isCut } = await listCode(folder);
    expect({ isCut, count: files.length }).toEqual({ isCut: true, count: 2000 });
    expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(['index.js', 'lib/raw.bin']));
  });
});
