import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip, md5Of } from '../support/clip.ts';
import { type Environment, readEnvironment, runIn } from '../support/redirected.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';

const PROGRAM = fileURLToPath(new URL('fixtures/upload-with-vod-sdk.cjs', import.meta.url));

let stack: Stack;
let clip: Clip;
let environment: Environment;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  environment = await readEnvironment(stack);
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

async function upload(
  files: readonly string[],
  env: Environment = environment,
): Promise<Record<string, string>> {
  const stdout = await runIn({ ...env, HOME: clip.folder }, process.execPath, PROGRAM, ...files);
  return JSON.parse(stdout) as Record<string, string>;
}

describe('the official upload SDK, unmodified,', () => {
  it('uploads a file that has its own size in parts, with its cover', async () => {
    const cover = await clip.write('cover.png', 'picture');
    const { FileId = '', MediaUrl = '', CoverUrl = '' } = await upload([clip.path, cover]);
    expect(FileId).toMatch(/^\d{19}$/);
    expect((await fetch(MediaUrl)).headers.get('etag')).toBe(`"${clip.md5}"`);
    expect(await (await fetch(CoverUrl)).text()).toBe('picture');
    const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [FileId] });
    expect(MediaInfoSet?.[0]?.BasicInfo).toMatchObject({
      Name: 'From the SDK',
      SourceInfo: { SourceContext: 'ctx=1&b=2 中文' },
    });
  });

  it('uploads a file of several megabytes', async () => {
    const path = join(clip.folder, 'large.mp4');
    const content = randomBytes(3_500_000);
    await writeFile(path, content);
    const { MediaUrl = '' } = await upload([path]);
    expect((await fetch(MediaUrl)).headers.get('etag')).toBe(`"${md5Of(content)}"`);
  });

  it('uploads through the proxy, with nothing loaded before it', async () => {
    const { NODE_OPTIONS: _, ...proxied } = await readEnvironment(stack, '--proxy');
    const { MediaUrl = '' } = await upload([clip.path], proxied);
    expect((await fetch(MediaUrl)).headers.get('etag')).toBe(`"${clip.md5}"`);
  });

  it('uploads an empty file', async () => {
    const { MediaUrl = '' } = await upload([await clip.write('empty.mp4', '')]);
    expect((await fetch(MediaUrl)).headers.get('content-length')).toBe('0');
  });

  it('tells its caller what was refused', async () => {
    const { error } = await upload([clip.path], { ...environment, TENCENTCLOUD_SECRET_KEY: 'wrong' });
    expect(error).toMatchObject({ code: 'AuthFailure.SignatureFailure' });
  });
});
