import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packFolder, zipFiles } from '../../src/deploy/pack-folder.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vodstack-pack-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

const pack = (options: { exclude?: string[]; runtime?: string; handler?: string } = {}) =>
  packFolder({ folder, exclude: [], handler: 'index.main_handler', runtime: 'Nodejs20.19', ...options });

const pathsOf = async (options: Parameters<typeof pack>[0] = {}): Promise<string[]> =>
  (await pack(options)).map(({ path }) => path);

describe('packing a folder', () => {
  it('takes what belongs to the function, and nothing secret', async () => {
    await write({
      'index.js': '',
      'lib/a.js': '',
      'node_modules/x/index.js': '',
      'serverless.yml': '',
      '.env': 'KEY=1',
      '.git/config': '',
      '.vodstack/deploy.json': '',
      'lib/__pycache__/a.pyc': '',
    });
    expect(await pathsOf()).toEqual(['index.js', 'lib/a.js', 'node_modules/x/index.js']);
  });

  it('leaves out what is excluded, by folder and by pattern', async () => {
    await write({ 'index.js': '', 'tmp/a': '', 'tmp/b/c': '', 'a.log': '', 'lib/b.log': '' });
    expect(await pathsOf({ exclude: ['./tmp/**', '**/*.log'] })).toEqual(['index.js']);
    expect(await pathsOf({ exclude: ['tmp/', 'a.log'] })).toEqual(['index.js', 'lib/b.log']);
  });

  it('follows links within the folder only', async () => {
    await write({ 'index.js': 'x' });
    await symlink('index.js', join(folder, 'same.js'));
    await symlink('/etc/passwd', join(folder, 'stolen'));
    await symlink('nowhere', join(folder, 'broken'));
    expect(await pathsOf()).toEqual(['index.js', 'same.js']);
  });

  it('bundles a handler in TypeScript with what it imports', async () => {
    await write({
      'index.ts':
        "import { add } from './add.ts';\nimport { five } from 'five';\nexport const main_handler = (a: number): number => add(a, five);\n",
      'add.ts': 'export const add = (a: number, b: number): number => a + b;\n',
      'node_modules/five/index.js': 'exports.five = 5;',
      'config.json': '{}',
    });
    const files = await pack();
    expect(files.map(({ path }) => path)).toEqual(['config.json', 'index.js']);
    const code = files[1]?.bytes.toString() ?? '';
    const module = { exports: {} as Record<string, (a: number) => number> };
    // oxlint-disable-next-line typescript/no-implied-eval -- the bundle is what a function service would load
    new Function('module', 'exports', 'require', code)(module, module.exports, () => ({}));
    expect(module.exports['main_handler']?.(2)).toBe(7);
  });

  it('says where a bundle went wrong', async () => {
    await write({ 'index.ts': "import { x } from './missing.ts';\nx();" });
    await expect(pack()).rejects.toThrow(/index\.ts:1:\d+.*missing/su);
  });

  it('says which file is missing, and when it lies deeper', async () => {
    await write({ 'src/index.py': '' });
    await expect(pack({ runtime: 'Python3.6' })).rejects.toThrow(
      /needs the file index\.py in .*it is in a folder below, src\/index\.py/u,
    );
    await expect(pack()).rejects.toThrow(/index\.js or index\.cjs or index\.mjs .*there is none/u);
    await expect(
      packFolder({ folder: join(folder, 'no'), exclude: [], handler: 'index.a', runtime: 'Nodejs' }),
    ).rejects.toThrow(/There is no folder/u);
  });

  it('gives a web function what starts it, with the line ends that Linux needs', async () => {
    const web = { folder, exclude: [], handler: '', runtime: 'Nodejs16.13', type: 'HTTP' } as const;
    await write({ 'server.js': '' });
    await expect(packFolder(web)).rejects.toThrow(/needs the file scf_bootstrap/u);
    const packed = await packFolder({ ...web, entryFile: 'server.js' });
    const bootstrap = packed.find(({ path }) => path === 'scf_bootstrap');
    expect(bootstrap?.bytes.toString()).toContain('/var/lang/node16/bin/node server.js');
    await write({ scf_bootstrap: '#!/bin/bash\r\nexec ./x\r\n' });
    expect((await packFolder(web))[1]).toMatchObject({
      isExecutable: true,
      bytes: Buffer.from('#!/bin/bash\nexec ./x\n'),
    });
  });

  it('makes the same zip of the same files, whatever their times', async () => {
    await write({ 'index.js': 'x' });
    const first = await zipFiles(await pack());
    await write({ 'index.js': 'x' });
    expect((await zipFiles(await pack())).equals(first)).toBe(true);
    expect(first.subarray(0, 2).toString()).toBe('PK');
  });
});
