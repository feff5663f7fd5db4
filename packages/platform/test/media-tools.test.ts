import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findMediaTools, MissingToolError } from '../src/index.ts';
import { createTemporaryFolder } from './support/temporary-folder.ts';

describe('findMediaTools', () => {
  it('finds programs that run, on PATH or from npm', async () => {
    const tools = await findMediaTools();
    expect(tools.version).not.toBe('');
    expect(['path', 'npm']).toContain(tools.source);
  });

  it('takes the configured programs', async () => {
    await using folder = await createTemporaryFolder();
    const ffmpegPath = await writeTool(folder.path, 'ffmpeg', 'ffmpeg version 9.9-test Copyright');
    const ffprobePath = await writeTool(folder.path, 'ffprobe', 'ffprobe version 9.9-test Copyright');
    expect(await findMediaTools({ ffmpegPath, ffprobePath })).toEqual({
      ffmpegPath,
      ffprobePath,
      version: '9.9-test',
      source: 'configured',
    });
  });

  it('says what to do when a configured path is something else, and does not look elsewhere', async () => {
    await using folder = await createTemporaryFolder();
    const ffmpegPath = await writeTool(folder.path, 'ffmpeg', 'hello');
    await expect(findMediaTools({ ffmpegPath })).rejects.toThrow(MissingToolError);
    await expect(findMediaTools({ ffprobePath: join(folder.path, 'none') })).rejects.toThrow(
      /FFPROBE_PATH is .*none/,
    );
  });

  it('falls back to the npm packages where PATH has none', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    try {
      expect(await findMediaTools()).toMatchObject({ source: 'npm' });
    } finally {
      process.env['PATH'] = path;
    }
  });
});

async function writeTool(folder: string, name: string, output: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\necho '${output}'\n`);
  await chmod(path, 0o755);
  return path;
}
