import { createPlayerSignature, type PlayerSignatureFields, toHotlinkTime } from '@vodstack/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addArtifact } from '../support/artifact.ts';
import { type Clip, createClip } from '../support/clip.ts';
import { addHls, playToEnd } from '../support/hls.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let fileId: string;
let mediaUrl: string;
let transcodeUrl: string;
let adaptiveUrl: string;
let playKey: string;
let appId: number;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  ({ appId } = stack.server.credentials);
  const media = await uploadFile(stack, clip.path, { MediaName: 'holiday' });
  fileId = media.FileId;
  mediaUrl = media.MediaUrl ?? '';
  adaptiveUrl = await addHls({ stack, fileId, folder: clip.folder, definition: 10 });
  transcodeUrl = await addArtifact(stack, fileId, clip.path, {
    kind: 'Transcode',
    definition: 100_010,
    name: 'v.f100010.mp4',
    contentType: 'video/mp4',
  });
  playKey = (await stack.client.DescribeDefaultDistributionConfig({})).PlayKey ?? '';
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

interface PlayInfo {
  readonly code: number;
  readonly message: string;
  readonly version: number;
  readonly requestId: string;
  readonly media?: {
    readonly audioVideoType: string;
    readonly basicInfo: object;
    readonly originalInfo: { readonly url: string } | null;
    readonly transcodeInfo: { readonly url: string } | null;
    readonly streamingInfo: { readonly plainOutput: { readonly url: string } } | null;
    readonly imageSpriteInfo: object | null;
  };
}

function fields(changes: Partial<PlayerSignatureFields> = {}): PlayerSignatureFields {
  const currentTimeStamp = Math.floor(Date.now() / 1000);
  return { appId, fileId, contentInfo: { audioVideoType: 'Original' }, currentTimeStamp, ...changes };
}

async function askWith(psign: string, path = `${appId}/${fileId}`): Promise<PlayInfo> {
  const response = await fetch(`${stack.url}/getplayinfo/v4/${path}?psign=${psign}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  return (await response.json()) as PlayInfo;
}

async function ask(changes: Partial<PlayerSignatureFields> = {}): Promise<PlayInfo> {
  return await askWith(createPlayerSignature(fields(changes), playKey));
}

describe('getplayinfo tells', () => {
  it('of the original, in the shape that players read', async () => {
    expect(await ask()).toEqual({
      code: 0,
      message: '',
      requestId: expect.any(String),
      version: 4,
      context: '',
      warning: '',
      media: {
        audioVideoType: 'Original',
        originalInfo: { url: mediaUrl },
        transcodeInfo: null,
        streamingInfo: null,
        basicInfo: {
          name: 'holiday',
          size: clip.content.length,
          duration: expect.closeTo(1, 1),
          description: '',
          coverUrl: '',
        },
        imageSpriteInfo: null,
        keyFrameDescInfo: null,
      },
    });
  });

  it('of a transcode', async () => {
    const contentInfo = { audioVideoType: 'Transcode', transcodeDefinition: 100_010 } as const;
    const { media } = await ask({ contentInfo });
    expect(media).toMatchObject({ audioVideoType: 'Transcode', transcodeInfo: { url: transcodeUrl } });
  });

  it('of an adaptive stream, with its qualities and their names', async () => {
    const resolutionNames = [{ MinEdgeLength: 180, Name: 'small' }];
    const contentInfo = {
      audioVideoType: 'RawAdaptive',
      rawAdaptiveDefinition: 10,
      resolutionNames,
    } as const;
    const { media } = await ask({ contentInfo });
    expect(media).toMatchObject({
      audioVideoType: 'AdaptiveDynamicStream',
      streamingInfo: {
        plainOutput: {
          type: 'HLS',
          url: adaptiveUrl,
          subStreams: [{ type: 'video', width: 320, height: 180, resolutionName: 'small' }],
        },
        drmOutput: [],
        drmToken: '',
      },
    });
    const plain = await ask({ contentInfo: { audioVideoType: 'RawAdaptive' } });
    expect(plain.media?.streamingInfo).toMatchObject({
      plainOutput: { subStreams: [{ resolutionName: '180P' }] },
    });
  });

  it('of the adaptive stream when the signature has the older form', async () => {
    const { contentInfo: _content, ...older } = fields({ pcfg: 'default' });
    const { media } = await askWith(createPlayerSignature(older, playKey));
    expect(media?.streamingInfo?.plainOutput.url).toBe(adaptiveUrl);
  });

  it('of the image sprites', async () => {
    const sprite = { kind: 'ImageSprites', definition: 10 };
    const imageUrl = await addArtifact(stack, fileId, clip.path, {
      ...sprite,
      name: 'imageSprite_10_0.jpg',
      contentType: 'image/jpeg',
    });
    const webVttUrl = await addArtifact(stack, fileId, clip.path, {
      ...sprite,
      name: 'imageSprite_10.vtt',
      contentType: 'text/vtt',
    });
    const { media } = await ask({ contentInfo: { audioVideoType: 'Original', imageSpriteDefinition: 10 } });
    expect(media?.imageSpriteInfo).toEqual({ imageUrls: [imageUrl], webVttUrl });
  });
});

describe('getplayinfo refuses', () => {
  const now = Math.floor(Date.now() / 1000);
  it.each([
    ['nothing at all', () => '', 1003],
    ['what is no token', () => 'psign', 1003],
    ['another key', () => createPlayerSignature(fields(), 'another-key'), 1003],
    [
      'an expired signature',
      () => createPlayerSignature(fields({ expireTimeStamp: now - 1 }), playKey),
      1003,
    ],
    [
      'the signature of another media',
      () => createPlayerSignature(fields({ fileId: '5285000' }), playKey),
      1003,
    ],
    [
      'the signature of another application',
      () => createPlayerSignature(fields({ appId: 1 }), playKey),
      1003,
    ],
    [
      'an unknown type',
      () =>
        createPlayerSignature({ ...fields(), contentInfo: { audioVideoType: 'Raw' as 'Original' } }, playKey),
      1001,
    ],
    [
      'a preview of less than 30 s',
      () => createPlayerSignature(fields({ urlAccessInfo: { exper: 5 } }), playKey),
      1001,
    ],
    [
      'a transcode that there is not',
      () =>
        createPlayerSignature(
          fields({ contentInfo: { audioVideoType: 'Transcode', transcodeDefinition: 100_040 } }),
          playKey,
        ),
      10_009,
    ],
    [
      'an encrypted stream that there is not',
      () => createPlayerSignature(fields({ contentInfo: { audioVideoType: 'ProtectedAdaptive' } }), playKey),
      10_009,
    ],
  ])('%s', async (_what, make, code) => {
    const answer = await askWith(make());
    expect(answer.code).toBe(code);
    expect(answer.message).not.toBe('');
    expect(answer).not.toHaveProperty('media');
  });

  it('a media that does not exist, and an application that has no key', async () => {
    const other = createPlayerSignature(fields({ fileId: '5285000000000000000' }), playKey);
    expect((await askWith(other, `${appId}/5285000000000000000`)).code).toBe(10_008);
    expect((await askWith(other, '12345/5285000000000000000')).code).toBe(1003);
    expect((await askWith(other, 'none/5285000000000000000')).code).toBe(1003);
  });

  it('a token that says it needs no signature', async () => {
    const [, body] = createPlayerSignature(fields(), playKey).split('.');
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    expect((await askWith(`${header}.${body}.`)).code).toBe(1003);
  });
});

describe('with Key hotlink protection, getplayinfo', () => {
  beforeAll(async () => {
    await stack.client.ModifyVodDomainConfig({
      Domain: new URL(stack.url).host,
      UrlSignatureAuthPolicy: { Status: 'Enabled', EncryptedKey: '24FEQmTzro4V5u3D5epW' },
    });
  });

  it('signs the URLs as urlAccessInfo says', async () => {
    const t = toHotlinkTime(Date.now() / 1000 + 600);
    const { media } = await ask({
      contentInfo: { audioVideoType: 'RawAdaptive' },
      urlAccessInfo: { t, exper: 30, rlimit: 3, us: 'abc' },
    });
    const url = media?.streamingInfo?.plainOutput.url ?? '';
    expect(url).toMatch(new RegExp(`[?]t=${t}&exper=30&rlimit=3&us=abc&sign=[0-9a-f]{32}$`));
    expect(await playToEnd(url)).toBe(6);
  });

  it('signs them until the signature’s own end otherwise', async () => {
    const expireTimeStamp = Math.floor(Date.now() / 1000) + 500;
    const { media } = await ask({ expireTimeStamp });
    expect(media?.originalInfo?.url).toContain(`?t=${expireTimeStamp.toString(16)}&sign=`);
    expect((await fetch(media?.originalInfo?.url ?? '')).status).toBe(200);
  });
});
