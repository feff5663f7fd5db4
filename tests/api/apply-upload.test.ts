import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from '../support/error-of.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startQuietStack();
});
afterAll(() => stack?.stop());

function folderOf(path = ''): string {
  return path.slice(0, path.lastIndexOf('/'));
}

describe('ApplyUpload refuses', () => {
  it.each([
    ['an unknown media type', { MediaType: 'exe' }, 'InvalidParameterValue.MediaType'],
    ['a media type that is a path', { MediaType: '../mp4' }, 'InvalidParameterValue.MediaType'],
    ['an empty media type', { MediaType: '' }, 'InvalidParameterValue.MediaType'],
    ['a cover that is no image', { MediaType: 'mp4', CoverType: 'mp4' }, 'InvalidParameterValue.CoverType'],
    [
      'a time that is over',
      { MediaType: 'mp4', ExpireTime: '2001-01-01T00:00:00Z' },
      'InvalidParameterValue.ExpireTime',
    ],
    ['a time that is none', { MediaType: 'mp4', ExpireTime: 'tomorrow' }, 'InvalidParameterValue.ExpireTime'],
    [
      'a region that does not exist',
      { MediaType: 'mp4', StorageRegion: 'ap-moon' },
      'InvalidParameterValue.StorageRegion',
    ],
    [
      'a source context of 251 characters',
      { MediaType: 'mp4', SourceContext: 'x'.repeat(251) },
      'InvalidParameterValue',
    ],
    [
      'a session context of 1001 characters',
      { MediaType: 'mp4', SessionContext: 'x'.repeat(1001) },
      'InvalidParameterValue',
    ],
    ['a name of 1001 characters', { MediaType: 'mp4', MediaName: 'x'.repeat(1001) }, 'InvalidParameterValue'],
    [
      'a class that no column holds',
      { MediaType: 'mp4', ClassId: 3_000_000_000 },
      'InvalidParameterValue.ClassId',
    ],
    ['a class below zero', { MediaType: 'mp4', ClassId: -1 }, 'InvalidParameterValue.ClassId'],
    [
      'a procedure that does not exist',
      { MediaType: 'mp4', Procedure: 'NoSuchProcedure' },
      'InvalidParameterValue.Procedure',
    ],
    ['an unknown application', { MediaType: 'mp4', SubAppId: 7 }, 'InvalidParameterValue.SubAppId'],
  ])('%s', async (_what, request, code) => {
    const error = await errorOf(stack.client.ApplyUpload(request));
    expect(error.code).toBe(code);
    const field = Object.keys(request).findLast(() => true);
    expect(error.message).toContain(`\`${field}\``);
  });
});

describe('ApplyUpload opens an upload', () => {
  it('with a place, a session and a temporary key in the forms that the upload SDKs insist on', async () => {
    const { appId } = stack.server.credentials;
    const answer = await stack.client.ApplyUpload({ MediaType: 'mp4', MediaName: 'Clip' });
    const [, folder = ''] = answer.MediaStoragePath?.split('/') ?? [];
    expect(answer).toEqual({
      StorageBucket: expect.stringMatching(new RegExp(`^[a-z0-9]+-${appId}$`)),
      StorageRegion: 'ap-chongqing',
      VodSessionKey: expect.stringMatching(/^\w{64}$/),
      MediaStoragePath: expect.stringMatching(
        new RegExp(`^/[0-9a-f]{8}vodcq${appId}/[0-9a-f]{8}5285\\d{15}/f0\\.mp4$`),
      ),
      CoverStoragePath: '',
      TempCertificate: {
        SecretId: expect.stringMatching(/^AKID\w+$/),
        SecretKey: expect.stringMatching(/^\w+$/),
        Token: expect.stringMatching(/^\w+$/),
        ExpiredTime: expect.any(Number),
      },
      RequestId: expect.any(String),
    });
    expect(folder).toContain(String(appId));
    const lifeSec = (answer.TempCertificate?.ExpiredTime ?? 0) - Date.now() / 1000;
    expect(Math.round(lifeSec / 3600)).toBe(24);
  });

  it('with a place for the cover when there is one', async () => {
    const answer = await stack.client.ApplyUpload({ MediaType: 'MOV', CoverType: 'JPG' });
    expect(answer.MediaStoragePath).toMatch(/\/f0\.mov$/);
    expect(answer.CoverStoragePath).toMatch(/^\/.*\/cover[0-9a-f]{8}\.jpg$/);
    expect(folderOf(answer.CoverStoragePath)).toBe(folderOf(answer.MediaStoragePath));
  });

  it('in the region that was asked for', async () => {
    const answer = await stack.client.ApplyUpload({ MediaType: 'mp4', StorageRegion: 'ap-guangzhou' });
    expect(answer.StorageRegion).toBe('ap-guangzhou');
    expect(answer.MediaStoragePath).toContain('vodgz');
  });

  it('of its own at every call', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => stack.client.ApplyUpload({ MediaType: 'mp4' })),
    );
    for (const field of ['VodSessionKey', 'MediaStoragePath'] as const) {
      expect(new Set(answers.map((answer) => answer[field])).size).toBe(10);
    }
    expect(new Set(answers.map(({ TempCertificate }) => TempCertificate?.SecretId)).size).toBe(10);
  });

  it('with contexts of the greatest length, counted in characters', async () => {
    const answer = await stack.client.ApplyUpload({
      MediaType: 'mp4',
      SourceContext: '视'.repeat(250),
      SessionContext: '频'.repeat(1000),
    });
    expect(answer.VodSessionKey).toBeDefined();
  });
});
