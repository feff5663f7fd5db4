import { randomBytes } from 'node:crypto';
import type { models } from '@vodstack/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { md5Of } from '../support/clip.ts';
import { countParts } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { callStorage, listBlobs, type StorageAnswer } from '../support/storage.ts';

let stack: Stack;
let session: models.ApplyUploadResponse;
let uploadId: string;
const parts = [randomBytes(50_000), randomBytes(50_000), randomBytes(1)];
const whole = Buffer.concat(parts);

beforeAll(async () => {
  stack = await startQuietStack();
});
afterAll(() => stack?.stop());
beforeEach(async () => {
  session = await stack.client.ApplyUpload({ MediaType: 'mp4' });
  uploadId = await begin();
});

function textOf(answer: StorageAnswer, element: string): string {
  return new RegExp(`<${element}>(.*?)</${element}>`).exec(answer.body.toString())?.[1] ?? '';
}

async function begin(): Promise<string> {
  return textOf(await callStorage(stack, session, { method: 'POST', query: { uploads: '' } }), 'UploadId');
}

async function putPart(number: number | string, body: Buffer, id = uploadId): Promise<StorageAnswer> {
  const query = { partNumber: String(number), uploadId: id };
  return await callStorage(stack, session, { method: 'PUT', query, body });
}

async function putAll(): Promise<string[]> {
  const etags: string[] = [];
  for (const [index, part] of parts.entries())
    etags.push((await putPart(index + 1, part)).headers.etag ?? '');
  return etags;
}

async function complete(xml: string, id = uploadId): Promise<StorageAnswer> {
  return await callStorage(stack, session, { method: 'POST', query: { uploadId: id }, body: xml });
}

function toXml(named: readonly (readonly [number: number, etag: string])[]): string {
  const elements = named.map(
    ([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  return `<CompleteMultipartUpload>${elements.join('')}</CompleteMultipartUpload>`;
}

function allOf(etags: readonly string[]): string {
  return toXml(etags.map((etag, index) => [index + 1, etag]));
}

describe('a multipart upload', () => {
  it('joins its parts into an object with the ETag of its parts and the MD5 of the whole', async () => {
    const before = await listBlobs(stack);
    const etags = await putAll();
    expect(etags).toEqual(parts.map((part) => `"${md5Of(part)}"`));
    const answer = await complete(allOf(etags));
    const digests = Buffer.concat(parts.map((part) => Buffer.from(md5Of(part), 'hex')));
    const etag = `"${md5Of(digests)}-3"`;
    expect(answer.status).toBe(200);
    expect(textOf(answer, 'ETag').replaceAll('&quot;', '"')).toBe(etag);
    expect(textOf(answer, 'Bucket')).toBe(session.StorageBucket);
    expect(`/${textOf(answer, 'Key')}`).toBe(session.MediaStoragePath);
    const read = await callStorage(stack, session, { method: 'GET' });
    expect(read.headers.etag).toBe(etag);
    expect(read.body.equals(whole)).toBe(true);
    // The file that the parts were put together in is the object.
    expect(await listBlobs(stack)).toEqual(before);
    const { FileId = '' } = await stack.client.CommitUpload({ VodSessionKey: session.VodSessionKey ?? '' });
    const media = await fetch(
      (await stack.client.DescribeMediaInfos({ FileIds: [FileId] })).MediaInfoSet?.[0]?.BasicInfo?.MediaUrl ??
        '',
    );
    expect(media.headers.get('etag')).toBe(`"${md5Of(whole)}"`);
  });

  it('takes ETags without quotes and with escaped ones, and either order of the elements', async () => {
    const [first = '', second = '', third = ''] = (await putAll()).map((etag) => etag.replaceAll('"', ''));
    const xml = [
      '<?xml version="1.0" encoding="UTF-8"?><CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
      `<Part><ETag>${first}</ETag><PartNumber>1</PartNumber></Part>`,
      `<Part><PartNumber>2</PartNumber><ETag>&quot;${second}&quot;</ETag></Part>`,
      `<Part><PartNumber>3</PartNumber><ETag>"${third.toUpperCase()}"</ETag></Part></CompleteMultipartUpload>`,
    ];
    expect((await complete(xml.join('\n'))).status).toBe(200);
  });

  it.each<[string, readonly (readonly [number: number, size: number])[]]>([
    [
      'of one size, in order',
      [
        [1, 900],
        [2, 900],
        [3, 100],
      ],
    ],
    [
      'of one size, the last first',
      [
        [3, 100],
        [2, 900],
        [1, 900],
      ],
    ],
    [
      'of one size, the first in the middle',
      [
        [2, 900],
        [1, 900],
        [4, 7],
        [3, 900],
      ],
    ],
    [
      'of sizes that grow',
      [
        [1, 10],
        [2, 900],
        [3, 5000],
      ],
    ],
    [
      'of sizes that shrink',
      [
        [1, 5000],
        [2, 900],
        [3, 10],
      ],
    ],
    [
      'with gaps between their numbers',
      [
        [2, 900],
        [1, 900],
        [5, 900],
        [9, 900],
      ],
    ],
    [
      'that are sent again, also as others',
      [
        [1, 900],
        [2, 900],
        [2, 900],
        [1, 400],
        [1, 900],
        [2, 800],
        [3, 900],
      ],
    ],
    [
      'with an empty one',
      [
        [1, 900],
        [2, 0],
        [3, 900],
      ],
    ],
  ])('joins parts %s', async (_what, sent) => {
    const before = await listBlobs(stack);
    const bodies = new Map<number, Buffer>();
    for (const [number, size] of sent) {
      const body = randomBytes(size);
      bodies.set(number, body);
      expect((await putPart(number, body)).status).toBe(200);
    }
    const inOrder = [...bodies].toSorted(([a], [b]) => a - b);
    const xml = toXml(inOrder.map(([number, body]) => [number, md5Of(body)]));
    expect((await complete(xml)).status).toBe(200);
    const content = Buffer.concat(inOrder.map(([, body]) => body));
    expect((await callStorage(stack, session, { method: 'GET' })).body.equals(content)).toBe(true);
    expect(await listBlobs(stack)).toHaveLength(before.length);
    const { FileId = '' } = await stack.client.CommitUpload({ VodSessionKey: session.VodSessionKey ?? '' });
    const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [FileId] });
    const media = await fetch(MediaInfoSet?.[0]?.BasicInfo?.MediaUrl ?? '');
    expect(media.headers.get('etag')).toBe(`"${md5Of(content)}"`);
    expect(Buffer.from(await media.arrayBuffer()).equals(content)).toBe(true);
  });

  it('keeps a part from mixing with the one that is sent again meanwhile', async () => {
    const bodies = ['a', 'b', 'c', 'd'].map((letter) => Buffer.alloc(300_000, letter));
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(bodies.map((body) => putPart(1, body)));
      const listed = await callStorage(stack, session, { method: 'GET', query: { uploadId } });
      const etag = textOf(listed, 'ETag').replaceAll('&quot;', '');
      expect((await complete(toXml([[1, etag]]))).status).toBe(200);
      const read = await callStorage(stack, session, { method: 'GET' });
      expect(md5Of(read.body)).toBe(etag);
      uploadId = await begin();
    }
  });

  it('is completed once, however often that is asked at once', async () => {
    const xml = allOf(await putAll());
    const answers = await Promise.all([complete(xml), complete(xml), complete(xml)]);
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect((await complete(xml)).status).toBe(200);
    expect((await callStorage(stack, session, { method: 'GET' })).body.equals(whole)).toBe(true);
  });

  it('joins only the parts that are named', async () => {
    const [, second = ''] = await putAll();
    expect((await complete(toXml([[2, second]]))).status).toBe(200);
    const read = await callStorage(stack, session, { method: 'GET' });
    expect(read.body.equals(parts[1] ?? Buffer.alloc(0))).toBe(true);
  });

  it('gives the same answer when its completion is repeated', async () => {
    const xml = allOf(await putAll());
    const [first, second] = [await complete(xml), await complete(xml)];
    expect(second.status).toBe(200);
    expect(second.body.toString()).toBe(first.body.toString());
  });

  it('replaces a part that is sent again, and keeps nothing of the first', async () => {
    const before = await listBlobs(stack);
    await putPart(1, Buffer.from('first'));
    const { headers } = await putPart(1, Buffer.from('second'));
    // The second, and the place of the first.
    expect(await listBlobs(stack)).toHaveLength(before.length + 1);
    expect((await complete(toXml([[1, `"${md5Of('first')}"`]]))).code).toBe('InvalidPart');
    expect((await complete(toXml([[1, headers.etag ?? '']]))).status).toBe(200);
  });

  it('lists its parts, page by page', async () => {
    await putAll();
    const query = { uploadId, 'max-parts': '2', 'encoding-type': 'url' };
    const first = await callStorage(stack, session, { method: 'GET', query });
    expect(textOf(first, 'IsTruncated')).toBe('true');
    expect(textOf(first, 'NextPartNumberMarker')).toBe('2');
    expect(textOf(first, 'Key')).toBe(encodeURIComponent((session.MediaStoragePath ?? '').slice(1)));
    expect(first.body.toString().match(/<Part>/g)).toHaveLength(2);
    const second = await callStorage(stack, session, {
      method: 'GET',
      query: { ...query, 'part-number-marker': '2' },
    });
    expect(textOf(second, 'IsTruncated')).toBe('false');
    expect(textOf(second, 'PartNumber')).toBe('3');
    expect(textOf(second, 'Size')).toBe('1');
    expect(textOf(second, 'ETag').replaceAll('&quot;', '"')).toBe(`"${md5Of(parts[2] ?? '')}"`);
  });

  it('is listed in its bucket, to its own key and to the account’s, and to no other', async () => {
    const other = await stack.client.ApplyUpload({ MediaType: 'mp4' });
    const list = async (
      of: models.ApplyUploadResponse,
      prefix: string,
      key: 'temporary' | 'account',
    ): Promise<string> =>
      (
        await callStorage(stack, of, { method: 'GET', path: '/', query: { uploads: '', prefix }, key })
      ).body.toString();
    const prefix = (session.MediaStoragePath ?? '').slice(1);
    expect(await list(session, prefix, 'temporary')).toContain(uploadId);
    expect(await list(session, prefix, 'account')).toContain(uploadId);
    expect(await list(other, prefix, 'account')).toContain(uploadId);
    expect(await list(other, '', 'temporary')).not.toContain(uploadId);
    expect(await list(session, 'elsewhere', 'temporary')).not.toContain(uploadId);
  });

  it('forgets its parts when it is aborted', async () => {
    const before = await listBlobs(stack);
    await putPart(1, Buffer.from('x'));
    await putPart(1, Buffer.from('y'));
    const query = { uploadId };
    expect((await callStorage(stack, session, { method: 'DELETE', query })).status).toBe(204);
    expect(await listBlobs(stack)).toHaveLength(before.length - 1);
    expect((await callStorage(stack, session, { method: 'DELETE', query })).code).toBe('NoSuchUpload');
  });

  it('leaves no parts behind when another object is committed in its place', async () => {
    const before = await countParts(stack);
    await putAll();
    await callStorage(stack, session, { method: 'PUT', body: 'simple' });
    await stack.client.CommitUpload({ VodSessionKey: session.VodSessionKey ?? '' });
    expect(await countParts(stack)).toBe(before);
    expect((await putPart(4, Buffer.from('late'))).code).toBe('AccessDenied');
    expect((await complete(toXml([[1, '"x"']]))).code).toBe('AccessDenied');
  });

  it('keeps every part of many that are sent at once', async () => {
    const bodies = Array.from({ length: 20 }, (_, index) => Buffer.from(`part ${index} `));
    const answers = await Promise.all(bodies.map((body, index) => putPart(index + 1, body)));
    expect((await complete(allOf(answers.map(({ headers }) => headers.etag ?? '')))).status).toBe(200);
    const read = await callStorage(stack, session, { method: 'GET' });
    expect(read.body.toString()).toBe(Buffer.concat(bodies).toString());
  });
});

describe('a multipart upload is refused', () => {
  it.each([
    [
      'an ETag that no part has',
      (etags: string[]) => allOf(etags.with(1, `"${md5Of('else')}"`)),
      'InvalidPart',
    ],
    ['a part that was not sent', (etags: string[]) => allOf([...etags, '"x"']), 'InvalidPart'],
    [
      'parts in the wrong order',
      ([a = '', b = '']: string[]) =>
        toXml([
          [2, b],
          [1, a],
        ]),
      'InvalidPartOrder',
    ],
    [
      'a part twice',
      ([a = '']: string[]) =>
        toXml([
          [1, a],
          [1, a],
        ]),
      'InvalidPartOrder',
    ],
    ['no part', () => '<CompleteMultipartUpload></CompleteMultipartUpload>', 'MalformedXML'],
    ['an empty body', () => '', 'MalformedXML'],
    ['JSON', () => '{"Part":[]}', 'MalformedXML'],
    ['XML that ends too early', (etags: string[]) => allOf(etags).slice(0, -10), 'MalformedXML'],
    ['another document', () => '<Delete><Part/></Delete>', 'MalformedXML'],
    [
      'a part number that is none',
      () =>
        '<CompleteMultipartUpload><Part><PartNumber>one</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>',
      'MalformedXML',
    ],
  ])('at its completion with %s, and nothing of it is lost', async (_what, toBody, code) => {
    const etags = await putAll();
    const answer = await complete(toBody(etags));
    expect(answer.code).toBe(code);
    expect(answer.status).toBe(400);
    expect((await complete(allOf(etags))).status).toBe(200);
  });

  it('when nobody has begun it', async () => {
    const [first = ''] = await putAll();
    const unknown = `${uploadId}0`;
    const answers = [
      await putPart(1, Buffer.from('x'), unknown),
      await complete(toXml([[1, first]]), unknown),
      await callStorage(stack, session, { method: 'GET', query: { uploadId: unknown } }),
      await callStorage(stack, session, { method: 'DELETE', query: { uploadId: unknown } }),
    ];
    for (const answer of answers) {
      expect(answer.code).toBe('NoSuchUpload');
      expect(answer.status).toBe(404);
      expect(answer.headers['x-cos-request-id']).toBeDefined();
    }
  });

  it('when it belongs to another upload', async () => {
    const other = await stack.client.ApplyUpload({ MediaType: 'mp4' });
    const query = { partNumber: '1', uploadId };
    expect((await callStorage(stack, other, { method: 'PUT', query, body: 'x' })).code).toBe('NoSuchUpload');
  });

  it.each(['0', '10001', '-1', '1.5', 'one', ''])('for a part number of "%s"', async (number) => {
    const answer = await putPart(number, Buffer.from('x'));
    expect(answer.code).toBe('InvalidArgument');
    expect(answer.message).toContain('1 to 10000');
  });

  it('without a signature', async () => {
    const requests = [
      { method: 'POST', query: { uploads: '' } },
      { method: 'PUT', query: { partNumber: '1', uploadId }, body: 'x' },
      { method: 'POST', query: { uploadId }, body: 'x' },
      { method: 'GET', query: { uploadId } },
      { method: 'GET', path: '/', query: { uploads: '' } },
      { method: 'DELETE', query: { uploadId } },
    ];
    for (const request of requests) {
      expect((await callStorage(stack, session, { ...request, key: 'none' })).code).toBe('AccessDenied');
    }
  });
});
