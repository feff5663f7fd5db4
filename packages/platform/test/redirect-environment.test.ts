import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isCloudHost } from '../src/redirect/cloud-hosts.ts';
import { redirectEnvironment, type RedirectOptions } from '../src/redirect/redirect-environment.ts';
import { redirectPaths } from '../src/redirect/redirect-paths.ts';
import { readRedirectPlace, writeRedirectPlace } from '../src/redirect/redirect-place.ts';

const PLACE = { address: '127.0.0.1', httpPort: 8080, tlsPort: 8443, proxyPort: 8081 };
const OPTIONS: RedirectOptions = {
  dataFolder: '/srv/data',
  place: PLACE,
  key: { secretId: 'AKIDlocal', secretKey: 'local-key' },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vodstack redirect "1" '));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the environment for unmodified programs', () => {
  it('names the files, the ports and the key in both spellings, and no proxy', () => {
    expect(redirectEnvironment(OPTIONS)).toEqual({
      NODE_OPTIONS: '--require=/srv/data/redirect/preload.cjs',
      NODE_EXTRA_CA_CERTS: '/srv/data/tls/ca.pem',
      PYTHONPATH: '/srv/data/redirect/python',
      SSL_CERT_FILE: '/srv/data/tls/ca-bundle.pem',
      REQUESTS_CA_BUNDLE: '/srv/data/tls/ca-bundle.pem',
      CURL_CA_BUNDLE: '/srv/data/tls/ca-bundle.pem',
      VODSTACK_REDIRECT_ADDRESS: '127.0.0.1',
      VODSTACK_REDIRECT_HTTP_PORT: '8080',
      VODSTACK_REDIRECT_TLS_PORT: '8443',
      VODSTACK_REDIRECT_HOSTS: expect.stringContaining('tencentcloudapi.com,myqcloud.com,') as unknown,
      VODSTACK_REDIRECT_CA_BUNDLE: '/srv/data/tls/ca-bundle.pem',
      VODSTACK_ENDPOINT: 'http://127.0.0.1:8080',
      VODSTACK_DATA: '/srv/data',
      TENCENTCLOUD_SECRET_ID: 'AKIDlocal',
      TENCENTCLOUD_SECRET_KEY: 'local-key',
      TENCENTCLOUD_SECRETID: 'AKIDlocal',
      TENCENTCLOUD_SECRETKEY: 'local-key',
    });
  });

  it('keeps what is set already, and set twice is set once', () => {
    const existing = { NODE_OPTIONS: '--max-old-space-size=99', PYTHONPATH: '/a:/b', NO_PROXY: 'intra' };
    const once = redirectEnvironment({ ...OPTIONS, existing, isProxyUsed: true });
    expect(once).toMatchObject({
      NODE_OPTIONS: '--max-old-space-size=99 --require=/srv/data/redirect/preload.cjs',
      PYTHONPATH: '/srv/data/redirect/python:/a:/b',
      http_proxy: 'http://127.0.0.1:8081',
      HTTPS_PROXY: 'http://127.0.0.1:8081',
      NO_PROXY: 'intra,127.0.0.1,localhost,::1',
    });
    expect(redirectEnvironment({ ...OPTIONS, existing: once, isProxyUsed: true })).toEqual(once);
  });

  it('leads Node to a preload whose path has blanks and quotes', async () => {
    const { preload } = redirectPaths(folder);
    await mkdir(dirname(preload), { recursive: true });
    await writeFile(preload, 'console.log("loaded")');
    const { NODE_OPTIONS } = redirectEnvironment({ ...OPTIONS, dataFolder: folder });
    const env = { PATH: process.env['PATH'], NODE_OPTIONS };
    expect(execFileSync(process.execPath, ['-e', ''], { env, encoding: 'utf8' })).toBe('loaded\n');
  });

  it('can be had once a server has run, and says so before', async () => {
    await expect(readRedirectPlace(folder)).rejects.toThrow(
      /^No server has run on the data folder .* yet \(expected .*addresses\.json\): start one with "vodstack up"/,
    );
    await writeRedirectPlace(folder, PLACE);
    expect(await readRedirectPlace(folder)).toEqual(PLACE);
  });
});

describe('a host of the cloud', () => {
  it.each([
    'vod.tencentcloudapi.com',
    'VOD.TencentCloudAPI.com.',
    'a-1.cos.x.myqcloud.com',
    'vod2.qcloud.com',
  ])('is %s', (host) => expect(isCloudHost(host)).toBe(true));

  it.each(['example.org', 'xtencentcloudapi.com', 'tencentcloudapi.com.example.org', 'qcloud.com', ''])(
    'is not %j',
    (host) => expect(isCloudHost(host)).toBe(false),
  );
});
