import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { createLogger, redirectPaths, type RedirectPaths, StartupError } from '@vodstack/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CertificateAuthority,
  openCertificateAuthority,
} from '../../src/redirect/certificate-authority.ts';
import { createTlsFront } from '../../src/redirect/tls-front.ts';

const DAY_MS = 86_400_000;

let folder: string;
let paths: RedirectPaths;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vodstack-authority-'));
  paths = redirectPaths(folder);
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const open = async (inDays = 0): Promise<CertificateAuthority> =>
  await openCertificateAuthority(paths, () => new Date(Date.now() + inDays * DAY_MS));

describe('the local certificate authority', () => {
  it('is made once, its key for the owner only, and read again', async () => {
    const { certificate } = await open();
    expect((await stat(paths.authorityKey)).mode & 0o777).toBe(0o600);
    expect(await readFile(paths.authority, 'utf8')).toBe(certificate);
    expect(new X509Certificate(certificate)).toMatchObject({ ca: true });
    expect((await open()).certificate).toBe(certificate);
  });

  it('is made anew before it expires', async () => {
    const { certificate } = await open();
    expect((await open(3580)).certificate).toBe(certificate);
    expect((await open(3600)).certificate).not.toBe(certificate);
  });

  it('is not replaced in silence when a file of it is damaged', async () => {
    await open();
    await writeFile(paths.authorityKey, 'nonsense');
    await expect(open()).rejects.toThrow(StartupError);
    await expect(open()).rejects.toThrow(/ca\.pem or its key is damaged \(.*\): restore both files/);
  });

  it('is not taken with the key of another', async () => {
    await open();
    const key = await readFile(paths.authorityKey);
    await rm(paths.authority);
    await open();
    await writeFile(paths.authorityKey, key);
    await expect(open()).rejects.toThrow('the key is not that of the certificate');
  });

  it.each([
    ['*.tencentcloudapi.com', 'vod.tencentcloudapi.com'],
    ['b-1250000000.cos.ap-guangzhou.myqcloud.com', 'b-1250000000.cos.ap-guangzhou.myqcloud.com'],
    ['localhost', 'localhost'],
    ['127.0.0.1', '127.0.0.1'],
  ])('vouches for %s', async (name, host) => {
    expect(await handshake(await open(), name, host)).toBe('trusted');
  });

  it.each([
    ['example.org', 'example.org'],
    ['nottencentcloudapi.com', 'nottencentcloudapi.com'],
    ['www.qcloud.com', 'www.qcloud.com'],
    ['10.0.0.1', '10.0.0.1'],
  ])('cannot vouch for %s, whoever has its key', async (name, host) => {
    expect(await handshake(await open(), name, host)).toBe('permitted subtree violation');
  });
});

describe('the TLS listener', () => {
  it.each([
    ['vod.tencentcloudapi.com', 'DNS:vod.tencentcloudapi.com'],
    ['VOD.ap-guangzhou.TencentCloudAPI.com', 'DNS:vod.ap-guangzhou.tencentcloudapi.com'],
    [undefined, 'DNS:tencentcloudapi.com, DNS:*.tencentcloudapi.com, '],
  ])('asked for %s shows a certificate for it', async (servername, names) => {
    const authority = await open();
    const http = createHttpServer();
    const front = createTlsFront({ authority, http, logger: createLogger({ level: 'silent' }) });
    await new Promise<void>((resolve) => front.server.listen(0, '127.0.0.1', resolve));
    const { port } = front.server.address() as AddressInfo;
    const options = { ca: authority.certificate, port, host: '127.0.0.1' };
    const socket = connect(servername === undefined ? options : { ...options, servername });
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    expect(socket.getPeerX509Certificate()?.subjectAltName).toContain(names);
    socket.destroy();
    front.stop();
    http.closeAllConnections();
  });
});

/** How a client that trusts the authority takes a certificate of its for the name. */
async function handshake(authority: CertificateAuthority, name: string, host: string): Promise<string> {
  const server = createServer(authority.issue([name]));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const named = /^[\d.]+$/.test(host) ? {} : { servername: host };
  const socket = connect({ ca: authority.certificate, port, host: '127.0.0.1', ...named });
  const outcome = await new Promise<string>((resolve) => {
    socket.once('secureConnect', () => resolve('trusted'));
    socket.once('error', (error) => resolve(error.message));
  });
  socket.destroy();
  server.close();
  return outcome;
}
