import http from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let url: string;
let size: number;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  const media = await uploadFile(stack, clip.path);
  url = media.MediaUrl ?? '';
  size = clip.content.length;
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The path goes out as it is: fetch would tidy it up. */
async function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { hostname, port } = new URL(stack.url);
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  http.request({ hostname, port, path, method, headers }, resolve).on('error', reject).end();
  const response = await promise;
  return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) };
}

async function getMedia(headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return await get(new URL(url).pathname, headers, method);
}

describe('a media', () => {
  it('is served whole, with what a player needs to know', async () => {
    const { status, headers, body } = await getMedia();
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': String(size),
      'accept-ranges': 'bytes',
      etag: `"${clip.md5}"`,
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    });
    expect(new Date(headers['last-modified'] ?? '').getTime()).toBeGreaterThan(0);
    expect(body.equals(clip.content)).toBe(true);
  });

  it('is described by HEAD without its bytes', async () => {
    const { status, headers, body } = await getMedia({}, 'HEAD');
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-length': String(size), etag: `"${clip.md5}"` });
    expect(body).toHaveLength(0);
  });

  it('ignores a range in HEAD, for which none is defined', async () => {
    const { status, headers } = await getMedia({ range: 'bytes=0-9' }, 'HEAD');
    expect(status).toBe(200);
    expect(headers['content-length']).toBe(String(size));
  });
});

describe('a range', () => {
  const cases: [range: string, from: number, to: number][] = [
    ['bytes=0-0', 0, 1],
    ['bytes=10-19', 10, 20],
    ['bytes=100-', 100, Infinity],
    ['bytes=-7', -7, Infinity],
    ['bytes=5-99999999999', 5, Infinity],
    ['bytes=-99999999999', 0, Infinity],
  ];
  it.each(cases)('is served: %s', async (range, from, to) => {
    const expected = clip.content.subarray(from, to);
    const { status, headers, body } = await getMedia({ range });
    const start = from < 0 ? size + from : from;
    expect(status).toBe(206);
    expect(headers['content-range']).toBe(`bytes ${start}-${start + expected.length - 1}/${size}`);
    expect(headers['content-length']).toBe(String(expected.length));
    expect(headers['content-type']).toBe('video/mp4');
    expect(body.equals(expected)).toBe(true);
  });

  it.each(['bytes=99999999-', 'bytes=-0', 'bytes=99999999-99999999'])(
    'is refused with the size of the file when it lies outside: %s',
    async (range) => {
      const { status, headers } = await getMedia({ range });
      expect(status).toBe(416);
      expect(headers['content-range']).toBe(`bytes */${size}`);
    },
  );

  it.each(['bytes=0-1,5-6', 'lines=0-1', 'bytes=', 'bytes=a-b', 'bytes=9-1', '0-10'])(
    'is left aside, and the whole file is served: %s',
    async (range) => {
      const { status, headers, body } = await getMedia({ range });
      expect(status).toBe(200);
      expect(headers['content-range']).toBeUndefined();
      expect(body).toHaveLength(size);
    },
  );

  it('is served when If-Range names what is there', async () => {
    const { headers } = await getMedia();
    for (const validator of [headers.etag, headers['last-modified']]) {
      const { status } = await getMedia({ range: 'bytes=0-9', 'if-range': validator ?? '' });
      expect(status).toBe(206);
    }
  });

  it('is left aside when If-Range names something else', async () => {
    for (const validator of ['"other"', 'Wed, 01 Jan 2020 00:00:00 GMT']) {
      const { status, body } = await getMedia({ range: 'bytes=0-9', 'if-range': validator });
      expect(status).toBe(200);
      expect(body).toHaveLength(size);
    }
  });
});

describe('a conditional request', () => {
  it.each([
    ['the ETag', () => `"${clip.md5}"`],
    ['one of several', () => `"x", W/"${clip.md5}"`],
    ['any', () => '*'],
  ])('is answered without the bytes when If-None-Match names %s', async (_what, condition) => {
    const { status, headers, body } = await getMedia({ 'if-none-match': condition() });
    expect(status).toBe(304);
    expect(headers.etag).toBe(`"${clip.md5}"`);
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(body).toHaveLength(0);
  });

  it('is answered in full when the media is another', async () => {
    expect((await getMedia({ 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('understands If-Modified-Since', async () => {
    const { headers } = await getMedia();
    expect((await getMedia({ 'if-modified-since': headers['last-modified'] ?? '' })).status).toBe(304);
    expect((await getMedia({ 'if-modified-since': 'Wed, 01 Jan 2020 00:00:00 GMT' })).status).toBe(200);
  });
});

describe('players on other origins', () => {
  it('may ask for ranges', async () => {
    const { status, headers } = await getMedia(
      {
        origin: 'https://example.com',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'range',
      },
      'OPTIONS',
    );
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, OPTIONS',
      'access-control-allow-headers': 'range',
    });
  });

  it('may read what they need of the answer', async () => {
    const { headers } = await getMedia({ origin: 'https://example.com', range: 'bytes=0-1' });
    expect(headers['access-control-expose-headers']).toContain('Content-Range');
  });
});

describe('the content type', () => {
  it.each([
    ['mp3', 'audio/mpeg'],
    ['mov', 'video/quicktime'],
    ['webm', 'video/webm'],
    ['flv', 'video/x-flv'],
  ])('is that of the type the upload was opened for: %s', async (MediaType, contentType) => {
    const path = await clip.write(`file.${MediaType}`, '<html><script>alert(1)</script>');
    const { MediaUrl = '' } = await uploadFile(stack, path);
    const { headers } = await get(new URL(MediaUrl).pathname);
    expect(headers['content-type']).toBe(contentType);
    expect(headers['content-security-policy']).toContain('sandbox');
  });
});

describe('what is not there', () => {
  it.each([
    ['another name in the folder', (path: string) => path.replace('f0.mp4', 'f1.mp4')],
    ['a folder of the same form', (path: string) => path.replace(/5285\d{3}/, '5285000')],
    ['the folder itself', (path: string) => path.replace('f0.mp4', '')],
    ['a path out of the folder', (path: string) => path.replace('f0.mp4', '../../../../etc/passwd')],
    ['the same, encoded', (path: string) => path.replace('f0.mp4', '..%2f..%2f..%2f..%2fetc%2fpasswd')],
    ['the same, encoded twice', (path: string) => path.replace('f0.mp4', '%252e%252e%252fetc%252fpasswd')],
    ['a name with U+0000', (path: string) => path.replace('f0.mp4', 'f0.mp4%00')],
    ['a name in quotes', (path: string) => path.replace('f0.mp4', `f0.mp4'--`)],
  ])('is not found: %s', async (_what, change) => {
    const { status, body } = await get(change(new URL(url).pathname));
    expect(status).toBe(404);
    expect(body.toString()).not.toContain('root:');
  });

  it('is not found for a name that cannot be decoded either', async () => {
    const { status } = await get(new URL(url).pathname.replace('f0.mp4', '%zz'));
    expect([400, 404]).toContain(status);
  });

  it('is found when a part of its name is encoded needlessly', async () => {
    const { status } = await get(new URL(url).pathname.replace('f0.mp4', 'f0%2Emp4'));
    expect(status).toBe(200);
  });
});
