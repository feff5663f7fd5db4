import http from 'node:http';
import { text } from 'node:stream/consumers';
import type { models } from '@vodstack/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findEvents, setUploadExpired } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { putObject } from '../support/upload.ts';
import { callUgc, signUpload, type UgcAnswer } from '../support/ugc.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startQuietStack();
});
afterAll(() => stack?.stop());

interface Place {
  readonly storagePath: string;
}

async function apply(fields: Parameters<typeof signUpload>[1] = {}, body: object = {}): Promise<UgcAnswer> {
  return await callUgc(stack, 'ApplyUploadUGC', {
    signature: signUpload(stack, fields),
    videoName: 'my.vid 中',
    videoType: 'mp4',
    videoSize: 5,
    uploadFromWeb: true,
    ...body,
  });
}

async function commit({ data }: UgcAnswer): Promise<UgcAnswer> {
  const { vodSessionKey } = data;
  return await callUgc(stack, 'CommitUploadUGC', { signature: signUpload(stack), vodSessionKey });
}

/** As the storage helpers of the API's own uploads have it. */
function toSession({ data }: UgcAnswer, place = data['video'] as Place): models.ApplyUploadResponse {
  const { secretId, secretKey, token } = data['tempCertificate'] as Record<string, string>;
  return {
    StorageBucket: `${String(data['storageBucket'])}-${String(data['storageAppId'])}`,
    StorageRegion: String(data['storageRegionV5']),
    MediaStoragePath: place.storagePath,
    TempCertificate: { SecretId: secretId, SecretKey: secretKey, Token: token, ExpiredTime: 0 },
  } as models.ApplyUploadResponse;
}

async function put(answer: UgcAnswer, body = 'bytes', place?: Place): Promise<number> {
  const { status } = await putObject(stack.url, toSession(answer, place), Buffer.from(body), body.length);
  return status;
}

async function upload(...parameters: Parameters<typeof apply>): Promise<UgcAnswer> {
  const applied = await apply(...parameters);
  expect(await put(applied)).toBe(200);
  return await commit(applied);
}

async function basicInfoOf(FileId: string): Promise<models.MediaBasicInfo | undefined> {
  const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [FileId] });
  return MediaInfoSet?.[0]?.BasicInfo;
}

async function sendTo(host: string, path: string, method = 'POST'): Promise<http.IncomingMessage> {
  const { hostname, port } = new URL(stack.url);
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const headers = {
    host,
    'content-type': 'application/json',
    'access-control-request-headers': 'content-type',
  };
  http
    .request({ hostname, port, path, method, headers, agent: false }, resolve)
    .on('error', reject)
    .end(method === 'POST' ? JSON.stringify({ signature: signUpload(stack) }) : undefined);
  return await promise;
}

describe('an upload from a browser or an app', () => {
  it('is told of one region, so that it need not race them', async () => {
    const { code, data } = await callUgc(stack, 'PrepareUploadUGC', { signature: signUpload(stack) });
    expect(code).toBe(0);
    expect(data).toEqual({
      appId: stack.server.credentials.appId,
      cosRegionList: [
        {
          region: 'ap-chongqing',
          domain: expect.stringMatching(/^[0-9a-f]{8}vodcq-\d+\.cos\.ap-chongqing\.myqcloud\.com$/),
        },
      ],
    });
  });

  it('gets its place, a temporary key and both spellings of its region', async () => {
    const { status, code, data } = await apply({}, { coverName: 'c', coverType: 'png', coverSize: 3 });
    expect({ status, code }).toEqual({ status: 200, code: 0 });
    const { appId } = stack.server.credentials;
    expect(data).toMatchObject({
      video: {
        storagePath: expect.stringMatching(/^\/[0-9a-f]{8}vodcq\d+\/[0-9a-f]{8}5285\d{15}\/f0\.mp4$/),
      },
      cover: { storagePath: expect.stringMatching(/\/cover\w+\.png$/) },
      storageBucket: expect.stringMatching(/^[0-9a-f]{8}vodcq$/),
      storageAppId: appId,
      storageRegionV5: 'ap-chongqing',
      StorageRegionV5: 'ap-chongqing',
      appId,
      tempCertificate: {
        secretId: expect.any(String),
        secretKey: expect.any(String),
        token: expect.any(String),
      },
    });
    const { expiredTime } = data['tempCertificate'] as { expiredTime: number };
    expect(String(data['timestamp'])).toMatch(/^\d{10}$/);
    expect(expiredTime - Number(data['timestamp'])).toBe(24 * 3600);
  });

  it('becomes a media with all that its signature and its body say', async () => {
    const applied = await apply(
      {
        sourceContext: 'source 中+%',
        sessionContext: 'session',
        classId: 0,
        taskPriority: 10,
        taskNotifyMode: 'Change',
        storageRegion: 'ap-guangzhou',
        vodSubAppId: 0,
      },
      { coverType: 'png', ExpireTime: '2090-01-01T00:00:00Z' },
    );
    await put(applied);
    await put(applied, 'picture', applied.data['cover'] as Place);
    const { code, data } = await commit(applied);
    expect(code).toBe(0);
    const { url } = data['video'] as { url: string };
    expect(data).toEqual({
      fileId: expect.stringMatching(/^5285\d{15}$/),
      video: { url, verify_content: '' },
      cover: { url: expect.stringContaining('/cover'), verify_content: '' },
    });
    expect(await (await fetch(url)).text()).toBe('bytes');
    expect(await basicInfoOf(data.fileId)).toMatchObject({
      Name: 'my.vid 中',
      ExpireTime: '2090-01-01T00:00:00Z',
      StorageRegion: 'ap-guangzhou',
      SourceInfo: { SourceContext: 'source 中+%' },
    });
    const { pool } = await stack.openDatabase();
    const { rows } = await pool.query('select parameters from vod.upload where file_id = $1', [data.fileId]);
    expect(rows[0]).toMatchObject({ parameters: { tasksPriority: 10, tasksNotifyMode: 'Change' } });
  });

  it('is committed once, however often the answer was lost', async () => {
    const applied = await apply();
    await put(applied);
    await stack.client.ModifyEventConfig({ UploadMediaCompleteEventSwitch: 'ON' });
    const [first, second] = [await commit(applied), await commit(applied)];
    expect(second.data).toEqual(first.data);
    await stack.client.ModifyEventConfig({ UploadMediaCompleteEventSwitch: 'OFF' });
    expect(await findEvents(stack, first.data.fileId)).toHaveLength(1);
  });

  it('goes on with its session key: the same place, for another day', async () => {
    const applied = await apply();
    const { vodSessionKey } = applied.data;
    const again = await callUgc(stack, 'ApplyUploadUGC', {
      signature: signUpload(stack),
      vodSessionKey,
      uploadFromWeb: true,
    });
    expect(again.data).toMatchObject({
      vodSessionKey,
      video: applied.data['video'],
      storageBucket: applied.data['storageBucket'],
    });
    expect(await put(again)).toBe(200);
    expect(await put(applied)).toBe(200);
    expect((await commit(again)).code).toBe(0);
  });

  it('cannot go on when its session is over, committed or made up', async () => {
    const expired = await apply();
    await setUploadExpired(stack, expired.data.vodSessionKey);
    const committed = await apply();
    await put(committed);
    await commit(committed);
    for (const vodSessionKey of [expired.data.vodSessionKey, committed.data.vodSessionKey, 'made up']) {
      const signature = signUpload(stack);
      const answer = await callUgc(stack, 'ApplyUploadUGC', { signature, vodSessionKey });
      expect(answer).toMatchObject({ status: 200, code: 4004 });
    }
    expect(await commit(expired)).toMatchObject({ status: 200, code: 4004 });
  });

  it('brings a new cover for a media that is there', async () => {
    const { data } = await upload({}, { coverType: 'png' });
    for (const picture of ['first', 'second']) {
      const applied = await callUgc(stack, 'ApplyUploadUGC', {
        signature: signUpload(stack),
        fileId: data.fileId,
        coverName: 'c',
        coverType: 'jpg',
        coverSize: 5,
      });
      expect(applied.data['video']).toBeUndefined();
      expect(await put(applied, picture, applied.data['cover'] as Place)).toBe(200);
      const committed = await commit(applied);
      expect(committed.data).toMatchObject({ fileId: data.fileId, video: data['video'] });
      const { url } = committed.data['cover'] as { url: string };
      expect(await (await fetch(url)).text()).toBe(picture);
      expect((await basicInfoOf(data.fileId))?.CoverUrl).toBe(url);
      expect((await commit(applied)).data).toEqual(committed.data);
    }
  });

  it('cannot put anything else with the key for a cover', async () => {
    const { data } = await upload();
    const applied = await callUgc(stack, 'ApplyUploadUGC', {
      signature: signUpload(stack),
      fileId: data.fileId,
      coverType: 'jpg',
    });
    const { storagePath } = applied.data['cover'] as Place;
    const beside = { storagePath: storagePath.replace(/[^/]+$/, 'f0.mp4') };
    expect(await put(applied, 'x', beside)).toBe(403);
    expect(await commit(applied)).toMatchObject({ code: 4004 });
  });
});

describe('a one-time signature', () => {
  it('opens one upload', async () => {
    const signature = signUpload(stack, { oneTimeValid: 1 });
    expect((await apply({}, { signature })).code).toBe(0);
    expect(await apply({}, { signature })).toMatchObject({ status: 200, code: 1001 });
  });

  it('opens one of ten uploads that are begun at once', async () => {
    const signature = signUpload(stack, { oneTimeValid: 1 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => apply({}, { signature })));
    expect(answers.map(({ code }) => code).toSorted((a, b) => a - b)).toEqual([
      0,
      ...Array<number>(9).fill(1001),
    ]);
  });

  it('is not used up by a refusal, by going on or by what comes before and after', async () => {
    const signature = signUpload(stack, { oneTimeValid: 1 });
    await callUgc(stack, 'PrepareUploadUGC', { signature });
    expect((await apply({}, { signature, videoType: 'exe' })).code).toBe(4000);
    const open = await apply();
    const { vodSessionKey } = open.data;
    expect((await callUgc(stack, 'ApplyUploadUGC', { signature, vodSessionKey })).code).toBe(0);
    const applied = await apply({}, { signature });
    expect(applied.code).toBe(0);
    await put(applied);
    const done = { signature, vodSessionKey: applied.data.vodSessionKey };
    expect((await callUgc(stack, 'CommitUploadUGC', done)).code).toBe(0);
  });
});

describe('what is refused', () => {
  const now = Math.floor(Date.now() / 1000);

  it.each<[string, () => object | string, number]>([
    ['a signature that has expired', () => ({ signature: signUpload(stack, { expireTime: now - 1 }) }), 4005],
    [
      'one that would hold for 91 days',
      () => ({ signature: signUpload(stack, { expireTime: now + 91 * 86_400 }) }),
      4003,
    ],
    ['one of an unknown key', () => ({ signature: signUpload(stack, { secretId: 'AKIDunknown' }) }), 4003],
    ['one that was changed', () => ({ signature: `AAAA${signUpload(stack).slice(4)}` }), 4003],
    ['one that is none', () => ({ signature: 'none' }), 4003],
    ['a body without one', () => ({ videoType: 'mp4' }), 4000],
    ['a body that is no JSON', () => '{', 4000],
    ['a body of 100 KB', () => ({ signature: 'x'.repeat(100_000) }), 4000],
    ['an unknown application', () => ({ signature: signUpload(stack, { vodSubAppId: 1 }) }), 4000],
    ['no file type', () => ({ signature: signUpload(stack), videoName: 'x' }), 4000],
    [
      'a name of 1001 characters',
      () => ({ signature: signUpload(stack), videoName: 'x'.repeat(1001), videoType: 'mp4' }),
      4000,
    ],
    [
      'a name that is a number',
      () => ({ signature: signUpload(stack), videoName: 5, videoType: 'mp4' }),
      4000,
    ],
    [
      'a cover that is no picture',
      () => ({ signature: signUpload(stack), videoType: 'mp4', coverType: 'mp4' }),
      4000,
    ],
    [
      'a procedure that is not there',
      () => ({ signature: signUpload(stack, { procedure: 'none' }), videoType: 'mp4' }),
      4000,
    ],
    [
      'a priority of 11',
      () => ({ signature: signUpload(stack, { taskPriority: 11 }), videoType: 'mp4' }),
      4000,
    ],
    [
      'an unknown notify mode',
      () => ({ signature: signUpload(stack, { taskNotifyMode: 'Never' as 'None' }), videoType: 'mp4' }),
      4000,
    ],
    [
      'a one-time mark of 2',
      () => ({ signature: signUpload(stack, { oneTimeValid: 2 as 1 }), videoType: 'mp4' }),
      4000,
    ],
    [
      'an unknown region',
      () => ({ signature: signUpload(stack, { storageRegion: 'moon' }), videoType: 'mp4' }),
      4000,
    ],
    ['a class below 0', () => ({ signature: signUpload(stack, { classId: -1 }), videoType: 'mp4' }), 4000],
    [
      'a source context of 251 characters',
      () => ({ signature: signUpload(stack, { sourceContext: 'x'.repeat(251) }), videoType: 'mp4' }),
      4000,
    ],
    [
      'a time to expire that is past',
      () => ({ signature: signUpload(stack), videoType: 'mp4', ExpireTime: '2000-01-01T00:00:00Z' }),
      4000,
    ],
    [
      'a cover for an unknown media',
      () => ({ signature: signUpload(stack), fileId: '1', coverType: 'png' }),
      4000,
    ],
    [
      'U+0000 in a context',
      () => ({ signature: signUpload(stack, { sourceContext: 'a\0b' }), videoType: 'mp4' }),
      4000,
    ],
    ['U+0000 in a name', () => ({ signature: signUpload(stack), videoType: 'mp4', videoName: 'a\0b' }), 4000],
  ])('%s, with a code and HTTP 200', async (_what, body, code) => {
    const answer = await callUgc(stack, 'ApplyUploadUGC', body());
    expect(answer).toMatchObject({ status: 200, code });
    expect(answer.message).not.toBe('');
    expect(answer.data).toBeUndefined();
  });

  it('an action that is none', async () => {
    expect(await callUgc(stack, 'Nothing', {})).toMatchObject({ status: 200, code: 4000 });
  });

  it('a commit without a file', async () => {
    expect(await commit(await apply())).toMatchObject({ status: 200, code: 4004 });
  });
});

describe('the cloud’s host names', () => {
  it.each(['vod2.qcloud.com', 'vod2.dnsv1.com'])('%s lead to the interface for clients', async (host) => {
    const answer = await sendTo(host, '/v3/index.php?Action=PrepareUploadUGC');
    expect(JSON.parse(await text(answer))).toMatchObject({ code: 0 });
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });

  it('vodreport.qcloud.com takes reports and says nothing', async () => {
    const answer = await sendTo('vodreport.qcloud.com', '/ugcupload_new');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    answer.resume();
  });

  it.each(['/v3/index.php?Action=ApplyUploadUGC', '/ugcupload_new'])(
    'let pages of any origin call %s',
    async (path) => {
      const answer = await sendTo('vod2.qcloud.com', path, 'OPTIONS');
      expect(answer.statusCode).toBe(204);
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': '*',
        'access-control-allow-headers': 'content-type',
      });
      answer.resume();
    },
  );
});
