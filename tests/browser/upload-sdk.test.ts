import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { md5Of } from '../support/clip.ts';
import { eventually } from '../support/eventually.ts';
import { countParts } from '../support/rows.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';
import { signUpload } from '../support/ugc.ts';

const SDK = createRequire(import.meta.url).resolve('vod-js-sdk-v6/dist/vod-js-sdk-v6.js');
const content = randomBytes(20 * 1024 * 1024);
const picture = randomBytes(3000);

let stack: Stack;
let site: Server;
let browser: TestBrowser;
let files: WorkFolder;

beforeAll(async () => {
  [stack, files] = await Promise.all([startQuietStack(), createWorkFolder()]);
  await Promise.all([
    writeFile(files.join('film.mp4'), content),
    writeFile(files.join('cover.png'), picture),
  ]);
  site = await startSite();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  site?.close();
  await stack?.stop();
  await files?.remove();
});

/** A user's own site, on another origin than the server: a page, the SDK, and a program that signs. */
async function startSite(): Promise<Server> {
  const sdk = await readFile(SDK);
  const server = createServer((request, response) => {
    if (request.url === '/sdk.js') return response.end(sdk);
    if (request.url === '/signature') return response.end(signUpload(stack));
    response.setHeader('content-type', 'text/html; charset=utf-8');
    return response.end(PAGE.replace('SCRIPT', `${stack.url}/client/vod-upload.js`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const PAGE = `<!doctype html><title>Upload</title>
<input id="media" type="file"><input id="cover" type="file">
<script src="SCRIPT"></script>
<script src="/sdk.js"></script>
<script>
window.start = () => {
  const getSignature = () => fetch('/signature').then((response) => response.text());
  const [mediaFile] = document.querySelector('#media').files;
  const [coverFile] = document.querySelector('#cover').files;
  const uploader = new (TcVod.default)({ getSignature }).upload({ mediaFile, coverFile });
  window.progress = 0;
  uploader.on('media_progress', ({ percent }) => { window.progress = percent; });
  return uploader.done();
};
</script>`;

interface Done {
  readonly fileId: string;
  readonly video: { readonly url: string };
  readonly cover?: { readonly url: string };
}

async function openPage(page: Page, cover: boolean): Promise<void> {
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  await page.setInputFiles('#media', files.join('film.mp4'));
  if (cover) await page.setInputFiles('#cover', files.join('cover.png'));
}

async function expectWhole({ fileId, video }: Done): Promise<void> {
  const response = await fetch(video.url);
  expect(response.headers.get('etag')).toBe(`"${md5Of(content)}"`);
  expect(md5Of(Buffer.from(await response.arrayBuffer()))).toBe(md5Of(content));
  const { MediaInfoSet } = await stack.client.DescribeMediaInfos({ FileIds: [fileId] });
  expect(MediaInfoSet?.[0]?.BasicInfo).toMatchObject({ Name: 'film', Type: 'mp4' });
}

describe('the official upload SDK for browsers, unmodified,', () => {
  it('uploads a file of 20 MB and its cover from a page of another origin', async () => {
    const { page, complaints } = browser;
    await openPage(page, true);
    const done = await page.evaluate<Done>('window.start()');
    await expectWhole(done);
    expect(md5Of(Buffer.from(await (await fetch(done.cover?.url ?? '')).arrayBuffer()))).toBe(md5Of(picture));
    expect(complaints).toEqual([]);
  });

  it('goes on after its page was closed, without sending again what is there', async () => {
    const page = await browser.context.newPage();
    await openPage(page, false);
    const session = await browser.context.newCDPSession(page);
    await session.send('Network.enable');
    // So slow that some parts have arrived and others have not.
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 2 * 1024 * 1024 };
    await session.send('Network.emulateNetworkConditions', slow);
    const before = await countParts(stack);
    await page.evaluate('void window.start().catch(() => undefined)');
    await eventually('a part has arrived', async () => (await countParts(stack)) > before);
    await page.close();

    const next = await browser.context.newPage();
    const puts: string[] = [];
    next.on('request', (request) => {
      if (request.method() === 'PUT') puts.push(request.url());
    });
    await openPage(next, false);
    // What had left the page when it closed has arrived by now.
    const kept = (await countParts(stack)) - before;
    expect(kept).toBeLessThan(3);
    await expectWhole(await next.evaluate<Done>('window.start()'));
    expect(puts).toHaveLength(3 - kept);
    await next.close();
  });
});
