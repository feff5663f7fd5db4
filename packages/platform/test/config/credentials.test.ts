import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadOrCreateCredentials, StartupError } from '../../src/index.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

describe('loadOrCreateCredentials', () => {
  it('makes an account in the forms of the cloud and keeps it for this user alone', async () => {
    await using folder = await createTemporaryFolder();
    const data = join(folder.path, 'data');
    const made = await loadOrCreateCredentials(data);
    expect(made.secretId).toMatch(/^AKID[A-Za-z0-9]{32}$/);
    expect(made.secretKey).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(String(made.appId)).toMatch(/^125\d{7}$/);
    expect(made.consoleSecret).toMatch(/^[0-9a-f]{64}$/);
    expect((await stat(join(data, 'credentials.json'))).mode & 0o777).toBe(0o600);
    expect(await readdir(data)).toEqual(['credentials.json']);
    expect(await loadOrCreateCredentials(data)).toEqual(made);
  });

  it('lets given values win without writing them over the kept ones', async () => {
    await using folder = await createTemporaryFolder();
    const made = await loadOrCreateCredentials(folder.path);
    const given = { secretId: 'AKIDgiven', secretKey: 'given', appId: 1 };
    expect(await loadOrCreateCredentials(folder.path, given)).toEqual({ ...made, ...given });
    expect(await loadOrCreateCredentials(folder.path)).toEqual(made);
  });

  it('writes given values where nothing is kept yet', async () => {
    await using folder = await createTemporaryFolder();
    const given = { secretId: 'AKIDgiven', secretKey: 'given', appId: undefined };
    await loadOrCreateCredentials(folder.path, given);
    expect(await loadOrCreateCredentials(folder.path)).toMatchObject({
      secretId: 'AKIDgiven',
      secretKey: 'given',
    });
  });

  it('refuses a damaged file instead of locking every client out with new keys', async () => {
    await using folder = await createTemporaryFolder();
    const path = join(folder.path, 'credentials.json');
    await writeFile(path, '{"secretId":');
    await expect(loadOrCreateCredentials(folder.path)).rejects.toThrow(StartupError);
    expect(await readFile(path, 'utf8')).toBe('{"secretId":');
  });
});
