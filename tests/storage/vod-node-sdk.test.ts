import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, createClip, md5Of } from '../support/clip.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';

const run = promisify(execFile);
const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const HOSTS = [
  '*.tencentcloudapi.com',
  '*.cos.ap-chongqing.myqcloud.com',
  '*.cos.ap-chongqing.tencentcos.cn',
];

let stack: Stack;
let clip: Clip;
let front: Server;
beforeAll(async () => {
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  await makeCertificate();
  front = await startFront();
});
afterAll(async () => {
  front?.close();
  await stack?.stop();
  await clip?.remove();
});

async function makeCertificate(): Promise<void> {
  const names = HOSTS.map((host) => `DNS:${host}`).join(',');
  const files = ['-keyout', join(clip.folder, 'key.pem'), '-out', join(clip.folder, 'cert.pem')];
  const subject = ['-subj', '/CN=local', '-addext', `subjectAltName=${names}`];
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...subject]);
}

/** Ends TLS and passes the bytes on, Host header and all. */
async function startFront(): Promise<Server> {
  const [key, cert] = await Promise.all(
    ['key.pem', 'cert.pem'].map((name) => readFile(join(clip.folder, name))),
  );
  const { hostname, port } = new URL(stack.url);
  const server = createServer({ key, cert }, (outside) => {
    const inside = connect(Number(port), hostname);
    outside.pipe(inside).pipe(outside);
    for (const [socket, other] of [[outside, inside] as const, [inside, outside] as const]) {
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function upload(
  files: readonly string[],
  secretKey = stack.server.credentials.secretKey,
): Promise<Record<string, string>> {
  const program = ['--require', fixture('redirect-hosts.cjs'), fixture('upload-with-vod-sdk.cjs'), ...files];
  const { stdout } = await run(process.execPath, program, {
    timeout: 50_000,
    env: {
      PATH: process.env['PATH'],
      HOME: clip.folder,
      LOCAL_TLS_PORT: String((front.address() as AddressInfo).port),
      NODE_EXTRA_CA_CERTS: join(clip.folder, 'cert.pem'),
      SECRET_ID: stack.server.credentials.secretId,
      SECRET_KEY: secretKey,
    },
  });
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

  it('uploads an empty file', async () => {
    const { MediaUrl = '' } = await upload([await clip.write('empty.mp4', '')]);
    expect((await fetch(MediaUrl)).headers.get('content-length')).toBe('0');
  });

  it('tells its caller what was refused', async () => {
    const { error } = await upload([clip.path], 'wrong');
    expect(error).toMatchObject({ code: 'AuthFailure.SignatureFailure' });
  });
});
