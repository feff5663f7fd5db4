import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { models } from '@vodstack/protocol';
import { type Clip, createClip, md5Of } from '../support/clip.ts';
import { errorOf } from '../support/error-of.ts';
import { eventually } from '../support/eventually.ts';
import { file, type FileServer, redirect, startFileServer } from '../support/file-server.ts';
import { isJobDone, setTaskAborted } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';

let stack: Stack;
let server: FileServer;
let clip: Clip;
const MAX_BYTES = 2_000_000;

beforeAll(async () => {
  [server, clip] = await Promise.all([startFileServer(), createClip()]);
  // Private addresses are refused but for the file server's own.
  stack = await startQuietStack({
    allowPrivateAddresses: 'never',
    publicUrl: server.url,
    pullMaxBytes: MAX_BYTES,
    pullIdleTimeoutSec: 1,
  });
  await stack.client.ModifyEventConfig({ Mode: 'PULL' });
});
afterAll(async () => {
  await stack?.stop();
  await server?.stop();
  await clip?.remove();
});

async function pull(
  MediaUrl: string,
  options: Partial<models.PullUploadRequest> = {},
): Promise<models.PullUploadTask> {
  const { TaskId = '' } = await stack.client.PullUpload({ MediaUrl, ...options });
  expect(TaskId).toMatch(/^\d+-Pull-[\da-f]{32}$/);
  return await eventually(`${TaskId} has ended`, async () => {
    const detail = await stack.client.DescribeTaskDetail({ TaskId });
    expect(detail.TaskType).toBe('PullUpload');
    return detail.Status === 'FINISH' && detail.PullUploadTask;
  });
}

/** A box of an MP4 file that players skip (ISO/IEC 14496-12, 8.1.2). */
function freeBox(size: number): Buffer {
  const box = Buffer.alloc(size);
  box.writeUInt32BE(size, 0);
  box.write('free', 4);
  return box;
}

describe('PullUpload refuses', () => {
  it.each([
    ['no URL', { MediaUrl: '' }, 'InvalidParameterValue.MediaUrl'],
    ['another scheme', { MediaUrl: 'ftp://example.org/a.mp4' }, 'InvalidParameterValue.MediaUrl'],
    ['a file of this machine', { MediaUrl: 'file:///etc/passwd' }, 'InvalidParameterValue.MediaUrl'],
    ['an unknown type', { MediaUrl: 'http://h/a.mp4', MediaType: 'exe' }, 'FailedOperation.MediaType'],
    ['DASH', { MediaUrl: 'http://h/a.mpd' }, 'FailedOperation.MediaType'],
    ['a cover of another scheme', { CoverUrl: 'data:image/png,x' }, 'InvalidParameterValue.CoverUrl'],
    ['a cover that is no image', { CoverUrl: 'http://h/a.exe' }, 'FailedOperation.CoverType'],
    ['a time past', { ExpireTime: '2001-01-01T00:00:00Z' }, 'InvalidParameterValue.ExpireTime'],
    ['a region that is none', { StorageRegion: 'moon' }, 'InvalidParameterValue.StorageRegion'],
    ['a long SessionId', { SessionId: 'x'.repeat(51) }, 'InvalidParameterValue.SessionIdTooLong'],
    ['a long context', { SessionContext: 'x'.repeat(1001) }, 'InvalidParameterValue.SessionContextTooLong'],
    ['a priority of 11', { TasksPriority: 11 }, 'InvalidParameterValue'],
    ['a storage path', { MediaStoragePath: '/a.mp4' }, 'InvalidParameterValue.MediaStoragePath'],
    ['an unknown application', { SubAppId: 3 }, 'InvalidParameterValue.SubAppId'],
  ])('%s', async (_what, request, code) => {
    const call = stack.client.PullUpload({ MediaUrl: 'http://127.0.0.1/a.mp4', ...request });
    expect((await errorOf(call)).code).toBe(code);
  });

  it('a SessionId a second time', async () => {
    const request = { MediaUrl: `${server.url}/none.mp4`, SessionId: 'once' };
    await stack.client.PullUpload(request);
    expect((await errorOf(stack.client.PullUpload(request))).code).toBe('InvalidParameterValue.SessionId');
  });
});

describe('PullUpload makes a media', () => {
  it('with every field that was given, and reports PullComplete', async () => {
    const jpg = Buffer.from('ffd8ffe000104a46494600', 'hex');
    const MediaUrl = server.on('/a/My%20clip.mp4', file(clip.content));
    const task = await pull(MediaUrl, {
      CoverUrl: server.on('/cover.jpg', file(jpg)),
      SourceContext: 'source',
      SessionContext: 'session',
      SessionId: 'full',
      ExpireTime: '2100-01-01T00:00:00Z',
    });
    expect(task).toMatchObject({
      Status: 'FINISH',
      ErrCode: 0,
      Message: 'SUCCESS',
      Progress: 100,
      SessionContext: 'session',
      SessionId: 'full',
      MediaBasicInfo: {
        Name: 'My clip',
        Type: 'mp4',
        ExpireTime: '2100-01-01T00:00:00Z',
        SourceInfo: { SourceType: 'Upload', SourceContext: 'source' },
        CoverUrl: expect.stringMatching(/\.jpg$/) as string,
      },
      MetaData: { Md5: clip.md5, Width: 320, Size: clip.content.length },
    });
    const stored = await fetch(`${stack.server.addresses.ownUrl}${new URL(task.FileUrl ?? '').pathname}`);
    expect(md5Of(Buffer.from(await stored.arrayBuffer()))).toBe(clip.md5);
    const { EventSet = [] } = await stack.client.PullEvents({});
    const event = EventSet?.find(({ PullCompleteEvent }) => PullCompleteEvent?.TaskId === task.TaskId);
    expect(event).toMatchObject({ EventType: 'PullComplete', PullCompleteEvent: task });
  });

  it('by the answer’s type when the URL says none, with redirects', async () => {
    server.on('/real', file(clip.content, 'video/mp4; charset=binary'));
    const task = await pull(server.on('/watch', redirect('/real')), { MediaName: 'named' });
    expect(task).toMatchObject({ ErrCode: 0, MediaBasicInfo: { Type: 'mp4', Name: 'named' } });
  });

  it('going on where the connection was lost', async () => {
    let isFirst = true;
    // Long enough that some of it is on the disk when the connection breaks.
    const content = Buffer.concat([clip.content, freeBox(MAX_BYTES - clip.content.length)]);
    const MediaUrl = server.on('/torn.mp4', (request, response) => {
      if (!isFirst) return file(content)(request, response);
      isFirst = false;
      response.writeHead(200, { 'content-length': content.length, etag: '"one"' });
      response.write(content.subarray(0, content.length - 1), () => setImmediate(() => response.destroy()));
    });
    const md5 = createHash('md5').update(content).digest('hex');
    expect(await pull(MediaUrl)).toMatchObject({ ErrCode: 0, MetaData: { Md5: md5 } });
    const ranges = server.requests.filter(({ path }) => path === '/torn.mp4').map(({ range }) => range);
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it('anew when the file is another by then', async () => {
    let asked = 0;
    const MediaUrl = server.on('/changed.mp4', (_request, response) => {
      const etag = `"${++asked}"`;
      response.writeHead(200, { 'content-length': clip.content.length, etag });
      if (asked > 1) response.end(clip.content);
      else response.write(Buffer.alloc(1000), () => setImmediate(() => response.destroy()));
    });
    expect(await pull(MediaUrl)).toMatchObject({ ErrCode: 0, MetaData: { Md5: clip.md5 } });
  });
});

describe('PullUpload makes one file of a stream', () => {
  const run = promisify(execFile);

  async function makeStream(name: string, options: string[]): Promise<void> {
    const input = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25', '-t', '3'];
    const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '25'];
    const hls = ['-f', 'hls', '-hls_time', '1', '-hls_playlist_type', 'vod', ...options];
    await run('ffmpeg', [...input, ...codec, ...hls, join(clip.folder, `${name}.m3u8`)]);
    for (const part of await readdir(clip.folder)) {
      if (part.startsWith(name)) server.on(`/hls/${part}`, file(await readFile(join(clip.folder, part))));
    }
  }

  it('of three segments, found through its master playlist', async () => {
    await makeStream('plain', []);
    const master =
      '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nnone.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=9\nplain.m3u8\n';
    const task = await pull(server.on('/hls/master.m3u8', file(Buffer.from(master))));
    expect(task).toMatchObject({ ErrCode: 0, MediaBasicInfo: { Type: 'mp4', Name: 'master' } });
    expect(task.MetaData?.Duration).toBeCloseTo(3, 0);
    expect(server.requests.filter(({ path }) => /plain\d\.ts/.test(path))).toHaveLength(3);
  });

  it('of fragments with a map', async () => {
    await makeStream('fragments', [
      '-hls_segment_type',
      'fmp4',
      '-hls_fmp4_init_filename',
      'fragments-i.mp4',
    ]);
    expect(await pull(`${server.url}/hls/fragments.m3u8`)).toMatchObject({ ErrCode: 0 });
  });

  it('of encrypted segments', async () => {
    await clip.write('key', Buffer.alloc(16, 7));
    await clip.write('key.info', `secret.key\n${join(clip.folder, 'key')}\n`);
    server.on('/hls/secret.key', file(Buffer.alloc(16, 7)));
    await makeStream('secret', ['-hls_key_info_file', join(clip.folder, 'key.info')]);
    const task = await pull(`${server.url}/hls/secret.m3u8`);
    expect(task).toMatchObject({ ErrCode: 0 });
    expect(task.MetaData?.Duration).toBeCloseTo(3, 0);
  });

  it('but not of one without an end, or with segments that are none', async () => {
    const live = '#EXTM3U\n#EXTINF:1,\nplain0.ts\n';
    expect(await pull(server.on('/hls/live.m3u8', file(Buffer.from(live))))).toMatchObject({
      ErrCode: 60000,
    });
    server.on('/hls/bad.ts', file(Buffer.from('nothing of the kind')));
    const bad = '#EXTM3U\n#EXTINF:1,\nbad.ts\n#EXT-X-ENDLIST\n';
    expect(await pull(server.on('/hls/bad.m3u8', file(Buffer.from(bad))))).toMatchObject({ ErrCode: 60000 });
  });

  it('but not with segments of this machine', async () => {
    const own = '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n';
    expect(await pull(server.on('/hls/own.m3u8', file(Buffer.from(own))))).toMatchObject({ ErrCode: 40000 });
  });
});

describe('An aborted pull', () => {
  it('makes no media, and stays aborted', async () => {
    let TaskId = '';
    const MediaUrl = server.on('/aborted.mp4', (request, response) => {
      void eventually('the task is known', () => TaskId !== '')
        .then(() => setTaskAborted(stack, TaskId))
        .then(() => file(clip.content)(request, response));
    });
    const { MediaCount } = await stack.client.DescribeStorageData({});
    TaskId = (await stack.client.PullUpload({ MediaUrl })).TaskId ?? '';
    await eventually('the queue is done with it', () => isJobDone(stack, TaskId));
    const { Status } = await stack.client.DescribeTaskDetail({ TaskId });
    expect(Status).toBe('ABORTED');
    expect((await stack.client.DescribeStorageData({})).MediaCount).toBe(MediaCount);
  });
});

describe('PullUpload fails, and says why,', () => {
  it('when the file is not there', async () => {
    const task = await pull(`${server.url}/nothing.mp4`);
    expect(task).toMatchObject({ ErrCode: 40000, FileId: '', FileUrl: '' });
    expect(task.MediaBasicInfo).toBeUndefined();
    expect(task.Message).toContain('404');
  });

  it('when redirects have no end', async () => {
    const task = await pull(server.on('/loop.mp4', redirect('/loop.mp4')));
    expect(task).toMatchObject({ ErrCode: 40000, Message: expect.stringContaining('redirects') as string });
  });

  it('when a redirect leads to a private address', async () => {
    const task = await pull(server.on('/inside.mp4', redirect('http://127.0.0.1:1/a.mp4')));
    expect(task).toMatchObject({ ErrCode: 40000, Message: expect.stringContaining('private') as string });
  });

  it('when the address itself is private', async () => {
    expect(await pull('http://169.254.169.254/a.mp4')).toMatchObject({ ErrCode: 40000 });
  });

  it('when the content is no media', async () => {
    const task = await pull(server.on('/page.mp4', file(Buffer.from('<html>hello</html>'), 'text/html')));
    expect(task.ErrCode).toBe(60000);
  });

  it('when nothing says what it is', async () => {
    expect(await pull(server.on('/thing', file(clip.content)))).toMatchObject({ ErrCode: 40000 });
  });

  it('when the file is announced, or turns out, too large', async () => {
    const huge = server.on('/huge.mp4', (_request, response) => {
      response.writeHead(200, { 'content-length': 10 ** 12 }).write('x');
    });
    expect((await pull(huge)).Message).toContain(String(10 ** 12));
    const endless = server.on('/endless.mp4', (_request, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', more);
      more();
    });
    expect(await pull(endless)).toMatchObject({ ErrCode: 40000 });
  });

  it('when the server says nothing more', async () => {
    const silent = server.on('/silent.mp4', () => undefined);
    const task = await pull(silent);
    expect(task).toMatchObject({ ErrCode: 70000, Message: expect.stringContaining('silent') as string });
  });

  it('leaving no file behind', async () => {
    expect(await readdir(join(stack.dataFolder, 'blobs')).then((names) => names.includes('pulls'))).toBe(
      false,
    );
  });
});
