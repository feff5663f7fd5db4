import { randomBytes } from 'node:crypto';
import { createPlayerSignature } from '@vodstack/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { addHls, playToEnd } from '../support/hls.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

const key = randomBytes(16);
const keyId = 'testkey1';
let stack: Stack;
let clip: Clip;
let fileId: string;
let master: string;
let token: string;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  fileId = (await uploadFile(stack, clip.path)).FileId;
  const uri = `/drm/getkey?fileId=${fileId}&keyId=${keyId}`;
  master = await addHls({ stack, fileId, folder: clip.folder, definition: 12, encryption: { key, uri } });
  const { pool } = await stack.openDatabase();
  const insertion = 'insert into vod.drm_key (key_id, file_id, key) values ($1, $2, $3)';
  await pool.query(insertion, [keyId, fileId, key]);
  token = (await askToken()).drmToken;
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

interface Streaming {
  readonly drmToken: string;
  readonly plainOutput: null;
  readonly drmOutput: readonly { readonly type: string; readonly url: string }[];
}

async function askToken(expireTimeStamp?: number): Promise<Streaming> {
  const { appId } = stack.server.credentials;
  const { PlayKey = '' } = await stack.client.DescribeDefaultDistributionConfig({});
  const psign = createPlayerSignature(
    {
      appId,
      fileId,
      contentInfo: {
        audioVideoType: 'ProtectedAdaptive',
        drmAdaptiveInfo: { privateEncryptionDefinition: 12 },
      },
      currentTimeStamp: Math.floor(Date.now() / 1000),
      ...(expireTimeStamp === undefined ? {} : { drmLicenseInfo: { expireTimeStamp } }),
    },
    PlayKey,
  );
  const response = await fetch(`${stack.url}/getplayinfo/v4/${appId}/${fileId}?psign=${psign}`);
  const answer = (await response.json()) as { media: { streamingInfo: Streaming } };
  return answer.media.streamingInfo;
}

/** The address that a player makes of the URL and the token that getplayinfo gave it. */
function withToken(url: string, drmToken: string): string {
  return url.replace(/([^/]+)$/, `voddrm.token.${drmToken}.$1`);
}

function fetchKey(query: Record<string, string>): Promise<Response> {
  return fetch(`${stack.url}/drm/getkey?${new URLSearchParams(query).toString()}`);
}

describe('an encrypted stream', () => {
  it('is told by getplayinfo with a token of no dot', async () => {
    expect(await askToken()).toEqual({
      plainOutput: null,
      drmOutput: [{ type: 'SimpleAES', url: master, subStreams: [expect.objectContaining({ height: 180 })] }],
      drmToken: expect.stringMatching(/^[^./?]+$/),
    });
  });

  it('plays to its end with the token, and not without', async () => {
    expect(await playToEnd(withToken(master, token))).toBe(6);
    await expect(playToEnd(master)).rejects.toThrow('Unable to open key file');
  });

  it('passes the token to the playlists below and to the key, not to the segments', async () => {
    const text = await (await fetch(withToken(master, token))).text();
    expect(text).toContain(`\nvoddrm.token.${token}.video_12_0.m3u8\n`);
    const child = new URL(`voddrm.token.${token}.video_12_0.m3u8`, master);
    const segments = await (await fetch(child)).text();
    expect(segments).toContain(`URI="/drm/getkey?fileId=${fileId}&keyId=${keyId}&token=${token}"`);
    expect(segments).toContain('\nvideo_12_0_0.ts\n');
  });

  it.each([
    ['a token of another make', () => 'abc'],
    ['a changed one', () => token.replace(/.$/, (last) => (last === '0' ? '1' : '0'))],
    ['one with a later end', () => token.replace(/^./, 'f')],
  ])('is refused with %s', async (_what, make) => {
    expect((await fetch(withToken(master, make()))).status).toBe(403);
    expect((await fetchKey({ fileId, keyId, token: make() })).status).toBe(403);
  });

  it('plays with signed URLs too', async () => {
    const policy = { Domain: new URL(stack.url).host };
    const EncryptedKey = '24FEQmTzro4V5u3D5epW';
    await stack.client.ModifyVodDomainConfig({
      ...policy,
      UrlSignatureAuthPolicy: { Status: 'Enabled', EncryptedKey },
    });
    const { drmOutput, drmToken } = await askToken();
    const [path = '', query = ''] = drmOutput[0]?.url.split('?') ?? [];
    expect(query).toMatch(/^t=[0-9a-f]+&sign=[0-9a-f]{32}$/);
    expect(await playToEnd(`${withToken(path, drmToken)}?${query}`)).toBe(6);
    expect((await fetch(withToken(path, drmToken))).status).toBe(403);
    await stack.client.ModifyVodDomainConfig({ ...policy, UrlSignatureAuthPolicy: { Status: 'Disabled' } });
  });
});

describe('a key', () => {
  it('is 16 bytes that no cache keeps and every origin may read', async () => {
    const response = await fetchKey({ fileId, keyId, token });
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(key);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  it.each([
    ['no token', { token: '' }],
    ['a token that has expired', async () => ({ token: (await askToken(1)).drmToken })],
    ['the FileId of another media', { fileId: '5285000000000000000' }],
    ['an unknown key', { keyId: 'unknown' }],
    ['a key that is none', { keyId: "x' or '1'='1" }],
  ])('is refused with %s', async (_what, change) => {
    const changes: Record<string, string> = typeof change === 'function' ? await change() : change;
    const response = await fetchKey({ fileId, keyId, token, ...changes });
    expect(response.status).toBe(403);
  });

  it('is refused when the media is forbidden', async () => {
    const { pool } = await stack.openDatabase();
    const sql = 'update vod.media set status = $2 where file_id = $1';
    await pool.query(sql, [fileId, 'Forbidden']);
    expect((await fetchKey({ fileId, keyId, token })).status).toBe(403);
    await pool.query(sql, [fileId, 'Normal']);
    expect((await fetchKey({ fileId, keyId, token })).status).toBe(200);
  });

  it('answers the preflights of players', async () => {
    const response = await fetch(`${stack.url}/drm/getkey`, { method: 'OPTIONS' });
    expect(response.status).toBe(204);
  });
});
