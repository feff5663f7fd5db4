import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Clip, createClip } from '../support/clip.ts';
import { errorOf } from '../support/error-of.ts';
import { findEvents, setUploadExpired } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { putObject, uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
});
afterAll(async () => {
  await stack?.stop();
  await clip?.remove();
});

beforeEach(async () => {
  // PULL: the events are written and stay where they are.
  await stack.client.ModifyEventConfig({ Mode: 'PULL', UploadMediaCompleteEventSwitch: 'ON' });
});

describe('CommitUpload refuses', () => {
  it('a session that does not exist', async () => {
    const error = await errorOf(stack.client.CommitUpload({ VodSessionKey: 'nothing' }));
    expect(error.code).toBe('InvalidParameterValue.VodSessionKey');
    expect(error.message).toContain('ApplyUpload');
  });

  it('an empty session', async () => {
    const error = await errorOf(stack.client.CommitUpload({ VodSessionKey: '' }));
    expect(error.code).toBe('InvalidParameterValue.VodSessionKey');
  });

  it('a session whose file was never put, and says where it should be', async () => {
    const session = await stack.client.ApplyUpload({ MediaType: 'mp4' });
    const error = await errorOf(stack.client.CommitUpload({ VodSessionKey: session.VodSessionKey ?? '' }));
    expect(error.code).toBe('ResourceNotFound');
    expect(error.message).toContain(session.MediaStoragePath);
  });

  it('a session that has expired', async () => {
    const session = await stack.client.ApplyUpload({ MediaType: 'mp4' });
    await putObject(stack.url, session, clip.content, clip.content.length);
    await setUploadExpired(stack, session.VodSessionKey ?? '');
    const error = await errorOf(stack.client.CommitUpload({ VodSessionKey: session.VodSessionKey ?? '' }));
    expect(error.code).toBe('InvalidParameterValue.VodSessionKey');
    expect(error.message).toContain('expired');
  });

  it('an unknown application', async () => {
    const error = await errorOf(stack.client.CommitUpload({ VodSessionKey: 'x', SubAppId: 9 }));
    expect(error.code).toBe('InvalidParameterValue.SubAppId');
  });
});

describe('CommitUpload makes a media', () => {
  it('that has its address, its file and its id', async () => {
    const media = await uploadFile(stack, clip.path);
    expect(media.FileId).toMatch(/^5285\d{15}$/);
    expect(media.MediaUrl).toMatch(
      new RegExp(`^${stack.url}/[0-9a-f]{8}vodcq\\d+/[0-9a-f]{8}${media.FileId}/f0\\.mp4$`),
    );
    expect(media.CoverUrl).toBe('');
    const response = await fetch(media.MediaUrl ?? '');
    expect(Buffer.from(await response.arrayBuffer()).equals(clip.content)).toBe(true);
  });

  it('with its cover', async () => {
    const session = await stack.client.ApplyUpload({ MediaType: 'mp4', CoverType: 'png' });
    const cover = { ...session, MediaStoragePath: session.CoverStoragePath ?? '' };
    expect((await putObject(stack.url, session, clip.content, clip.content.length)).status).toBe(200);
    expect((await putObject(stack.url, cover, Buffer.from('picture'), 7)).status).toBe(200);
    const media = await stack.client.CommitUpload({ VodSessionKey: session.VodSessionKey ?? '' });
    expect(media.CoverUrl).toBe(`${stack.url}${session.CoverStoragePath}`);
    const response = await fetch(media.CoverUrl ?? '');
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(await response.text()).toBe('picture');
  });

  it('and the same one when it is called again, with one event', async () => {
    const first = await uploadFile(stack, clip.path);
    const second = await stack.client.CommitUpload({ VodSessionKey: first.VodSessionKey });
    expect(second).toMatchObject({ FileId: first.FileId, MediaUrl: first.MediaUrl, CoverUrl: '' });
    expect(await findEvents(stack, first.FileId)).toMatchObject([{ type: 'NewFileUpload' }]);
  });

  it('and one only when it is called ten times at once', async () => {
    const session = await stack.client.ApplyUpload({ MediaType: 'mp4' });
    await putObject(stack.url, session, clip.content, clip.content.length);
    const VodSessionKey = session.VodSessionKey ?? '';
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => stack.client.CommitUpload({ VodSessionKey })),
    );
    const fileIds = new Set(answers.map(({ FileId }) => FileId));
    expect(fileIds.size).toBe(1);
    const [fileId = ''] = fileIds;
    expect(await findEvents(stack, fileId)).toMatchObject([{ type: 'NewFileUpload' }]);
  });

  it('of the file that is there when it is made, however often it is put anew meanwhile', async () => {
    const session = await stack.client.ApplyUpload({ MediaType: 'mp4' });
    const VodSessionKey = session.VodSessionKey ?? '';
    await putObject(stack.url, session, clip.content, clip.content.length);
    const longer = Buffer.concat([clip.content, Buffer.alloc(10)]);
    const [media] = await Promise.all([
      stack.client.CommitUpload({ VodSessionKey }),
      putObject(stack.url, session, longer, longer.length),
      putObject(stack.url, session, clip.content, clip.content.length),
      putObject(stack.url, session, longer, longer.length),
    ]);
    const response = await fetch(media.MediaUrl ?? '');
    expect(response.status).toBe(200);
    const content = Buffer.from(await response.arrayBuffer());
    expect([clip.content.length, longer.length]).toContain(content.length);
  });

  it('even of a file that is no media, and keeps what it was told of it', async () => {
    const path = await clip.write('notes.mp4', 'Not a film, a text.\n');
    const { FileId } = await uploadFile(stack, path, {
      MediaName: '笔记',
      SourceContext: 'from the test',
      ExpireTime: '2099-01-01T08:00:00+08:00',
    });
    const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [FileId] });
    expect(MediaInfoSet?.[0]).toMatchObject({
      MetaData: null,
      TranscodeInfo: null,
      BasicInfo: {
        Name: '笔记',
        ExpireTime: '2099-01-01T00:00:00Z',
        SourceInfo: { SourceType: 'Upload', SourceContext: 'from the test' },
      },
    });
  });
});
