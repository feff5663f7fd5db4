import { get, type RequestOptions } from 'node:http';
import { createHotlinkQuery, type HotlinkParameters, toHotlinkTime } from '@vodstack/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addArtifact } from '../support/artifact.ts';
import { type Clip, createClip } from '../support/clip.ts';
import { viewListed, viewMedia } from '../support/console-api.ts';
import { addHls, playToEnd } from '../support/hls.ts';
import { makeClip } from '../support/make-clip.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

const key = '24FEQmTzro4V5u3D5epW';
const t = toHotlinkTime(Date.now() / 1000 + 3600);
let stack: Stack;
let clip: Clip;
let fileId: string;
let url: string;
let master: string;
let sizeBytes: number;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  const path = await makeClip(`${clip.folder}/four.mp4`, {
    picture: 'testsrc2=size=320x180:rate=25',
    durationSec: 4,
    output: ['-g', '25', '-movflags', '+faststart'],
  });
  const media = await uploadFile(stack, path);
  fileId = media.FileId;
  url = media.MediaUrl ?? '';
  master = await addHls({ stack, fileId, folder: clip.folder, definition: 10 });
  sizeBytes = Number((await fetch(url, { method: 'HEAD' })).headers.get('content-length'));
});
beforeEach(() => protect({ UrlSignatureAuthPolicy: { Status: 'Enabled', EncryptedKey: key } }));
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

type Policy = Omit<Parameters<Stack['client']['ModifyVodDomainConfig']>[0], 'Domain'>;

async function protect(policy: Policy): Promise<void> {
  await stack.client.ModifyVodDomainConfig({
    Domain: new URL(stack.url).host,
    RefererAuthPolicy: { Status: 'Disabled' },
    ...policy,
  });
}

function sign(address: string, parameters: Partial<HotlinkParameters> = {}): string {
  return `${address}?${createHotlinkQuery(key, new URL(address).pathname, { t, ...parameters })}`;
}

async function status(
  address: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<number> {
  const response = await fetch(address, { method, headers });
  await response.arrayBuffer();
  return response.status;
}

describe('with Key hotlink protection', () => {
  it('a signed URL opens the file: whole, in part, and its head', async () => {
    const whole = await fetch(sign(url));
    expect((await whole.arrayBuffer()).byteLength).toBe(sizeBytes);
    expect(await status(sign(url), {}, 'HEAD')).toBe(200);
    expect(await status(sign(url), { range: 'bytes=0-99' })).toBe(206);
  });

  it.each([
    ['a plain URL', () => url],
    ['an expired one', () => sign(url, { t: '5a71afc0' })],
    ['one whose time was changed', () => sign(url).replace(/t=./, 't=7')],
    ['one with its members in another order', () => sign(url).replace(/\?(t=[^&]*)&(.*)/, '?$2&$1')],
    ['one with a limit taken away', () => sign(url, { rlimit: '1' }).replace('&rlimit=1', '')],
    ['one of another directory', () => sign(master).replace(/.*\?/, `${url}?`)],
  ])('%s opens neither the file nor a part nor its head', async (_what, make) => {
    expect(await status(make())).toBe(403);
    expect(await status(make(), { range: 'bytes=0-99' })).toBe(403);
    expect(await status(make(), {}, 'HEAD')).toBe(403);
  });

  it('a refusal can be read by players on other origins and is not cached', async () => {
    const response = await fetch(url, { headers: { origin: 'https://example.com' } });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({ message: expect.stringContaining('signed URL') });
  });

  it('preflights pass, as they carry nothing', async () => {
    expect(await status(url, { 'access-control-request-headers': 'range' }, 'OPTIONS')).toBe(204);
  });

  it('pictures need no signature', async () => {
    const picture = await addArtifact(stack, fileId, clip.path, {
      kind: 'Cover',
      definition: 10,
      name: 'cover.jpg',
      contentType: 'image/jpeg',
    });
    expect(await status(picture)).toBe(200);
  });

  it('a signed master playlist plays to its end', async () => {
    await expect(playToEnd(master)).rejects.toThrow('403');
    expect(await playToEnd(sign(master, { us: 'abc123' }))).toBe(6);
  });

  it('a playlist names its files with signatures, and can be asked for in part and conditionally', async () => {
    const response = await fetch(sign(master, { us: 'abc123' }));
    const text = await response.text();
    expect(text).toMatch(/^video_10_0\.m3u8\?t=[0-9a-f]+&us=abc123&sign=[0-9a-f]{32}$/m);
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
    const part = await fetch(sign(master, { us: 'abc123' }), { headers: { range: 'bytes=1-6' } });
    expect(await part.text()).toBe('EXTM3U');
    const etag = response.headers.get('etag') ?? '';
    // Not with fetch, which asks caches to look again.
    const again = await request(sign(master, { us: 'abc123' }), { headers: { 'if-none-match': etag } });
    expect(again).toBe(304);
  });

  it('a preview of a playlist ends with the segment that plays at that second', async () => {
    expect(await playToEnd(sign(master, { exper: '2' }))).toBe(2);
    expect(await playToEnd(sign(master, { exper: '60' }))).toBe(6);
  });

  it('a preview of a single file is its beginning, which plays', async () => {
    const preview = await fetch(sign(url, { exper: '2' }));
    const shown = (await preview.arrayBuffer()).byteLength;
    expect(shown).toBe(Math.ceil((sizeBytes * 2) / 4));
    expect(await status(sign(url, { exper: '2' }), { range: `bytes=${shown}-` })).toBe(416);
    const seconds = await playToEnd(sign(url, { exper: '2' }));
    expect(seconds).toBeGreaterThan(1);
    expect(seconds).toBeLessThan(3);
  });

  it('a DASH manifest names its segments with signatures, and has no preview', async () => {
    const manifest = await clip.write(
      'adp.20.mpd',
      '<MPD><SegmentTemplate initialization="video_10_0_0.ts" media="video_10_0_$Number$.ts"/></MPD>',
    );
    const contentType = 'application/dash+xml';
    const file = { kind: 'AdaptiveDynamicStreaming', definition: 20, name: 'adp.20.mpd', contentType };
    const dash = await addArtifact(stack, fileId, manifest, file);
    const text = await (await fetch(sign(dash, { us: 'd1' }))).text();
    expect(text).toContain(`media="video_10_0_$Number$.ts?t=${t}&amp;us=d1&amp;sign=`);
    const [, segment = ''] = /media="([^"]*)"/.exec(text) ?? [];
    const name = segment.replaceAll('&amp;', '&').replace('$Number$', '1');
    expect(await status(new URL(name, dash).href)).toBe(200);
    expect(await status(sign(dash, { exper: '30' }))).toBe(403);
  });

  it('a signature is good for as many addresses as it says', async () => {
    const limited = sign(url, { rlimit: '1', us: 'one' });
    expect(await status(limited)).toBe(200);
    expect(await status(limited)).toBe(200);
    // The same server from another of the machine's own addresses.
    const elsewhere = { localAddress: '127.0.0.2' };
    expect(await request(limited, elsewhere)).toBe(403);
    expect(await request(sign(url, { rlimit: '1', us: 'two' }), elsewhere)).toBe(200);
  });

  it.each([
    ['whref', 'https://a.com/page', 200],
    ['whref', 'https://b.com/page', 403],
    ['whref', '', 403],
    ['bkref', 'https://a.com/page', 403],
    ['bkref', 'https://b.com/page', 200],
    ['bkref', '', 200],
  ])('a URL with %s=a.com, shown by %j: %i', async (name, referer, expected) => {
    const limited = sign(url, { [name]: 'a.com,*.a.com' });
    expect(await status(limited, referer ? { referer } : {})).toBe(expected);
  });

  it('a signed region counts in the signature, and is not looked at', async () => {
    expect(await status(sign(url, { whreg: 'CHN' }))).toBe(200);
    expect(await status(sign(url, { whreg: 'CHN' }).replace('CHN', 'USA'))).toBe(403);
  });

  it('the console shows URLs that play, the same at every look, and the API plain ones', async () => {
    const [first, second, listed] = await Promise.all([
      viewMedia(stack.url, fileId),
      viewMedia(stack.url, fileId),
      viewListed(stack.url, fileId),
    ]);
    expect(await status(first.mediaUrl)).toBe(200);
    expect(second.mediaUrl).toBe(first.mediaUrl);
    expect(listed.mediaUrl).toBe(first.mediaUrl);
    const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [fileId] });
    expect(MediaInfoSet?.[0]?.BasicInfo?.MediaUrl).toBe(url);
  });

  it('another key shuts what the old one opened', async () => {
    const signed = sign(url);
    await protect({ UrlSignatureAuthPolicy: { Status: 'Enabled', EncryptedKey: 'another-key' } });
    expect(await status(signed)).toBe(403);
  });
});

describe('with a list of sites', () => {
  beforeEach(() => protect({ UrlSignatureAuthPolicy: { Status: 'Disabled' } }));

  it.each([
    ['White', 'No', 'https://a.com/x', 200],
    ['White', 'No', 'https://sub.b.com:8443/', 200],
    ['White', 'No', 'https://b.com/', 403],
    ['White', 'No', 'https://a.com.example.net/', 403],
    ['White', 'No', 'not a url', 403],
    ['White', 'No', '', 403],
    ['White', 'Yes', '', 200],
    ['Black', 'Yes', 'https://a.com/x', 403],
    ['Black', 'Yes', 'https://c.com/', 200],
    ['Black', 'No', '', 403],
  ])('of type %s, empty allowed %s: %j gets %i', async (AuthType, BlankRefererAllowed, referer, expected) => {
    const policy = { Status: 'Enabled', AuthType, BlankRefererAllowed, Referers: ['a.com', '*.b.com'] };
    await protect({ RefererAuthPolicy: policy });
    expect(await status(url, referer ? { referer } : {})).toBe(expected);
    expect(await status(url, referer ? { referer } : {}, 'HEAD')).toBe(expected);
  });

  it('the console’s own pages are always let in', async () => {
    const policy = { Status: 'Enabled', AuthType: 'White', BlankRefererAllowed: 'No', Referers: ['a.com'] };
    await protect({ RefererAuthPolicy: policy });
    expect(await status(url, { referer: `${stack.url}/console/media` })).toBe(200);
  });
});

describe('a forbidden media', () => {
  it('is refused whatever the URL, and comes back when it is free again', async () => {
    const { pool } = await stack.openDatabase();
    const set = async (state: string): Promise<void> => {
      await pool.query('update vod.media set status = $2 where file_id = $1', [fileId, state]);
    };
    await set('Forbidden');
    expect(await status(sign(url))).toBe(403);
    expect(await status(sign(master))).toBe(403);
    await set('Normal');
    expect(await status(sign(url))).toBe(200);
  });
});

async function request(address: string, options: RequestOptions): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  get(address, options, (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  }).on('error', reject);
  return await promise;
}
