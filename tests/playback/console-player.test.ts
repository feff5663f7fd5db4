import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { type Clip, createClip } from '../support/clip.ts';
import { eventually } from '../support/eventually.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let browser: TestBrowser;
beforeAll(async () => {
  [stack, clip, browser] = await Promise.all([startQuietStack(), createClip(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  await clip?.remove();
});

it('the console’s player plays what signed URLs and a list of sites protect', async () => {
  const media = await uploadFile(stack, clip.path);
  await stack.client.ModifyVodDomainConfig({
    Domain: new URL(stack.url).host,
    UrlSignatureAuthPolicy: { Status: 'Enabled', EncryptedKey: '24FEQmTzro4V5u3D5epW' },
    RefererAuthPolicy: {
      Status: 'Enabled',
      AuthType: 'White',
      Referers: ['example.com'],
      BlankRefererAllowed: 'No',
    },
  });
  expect((await fetch(media.MediaUrl ?? '')).status).toBe(403);
  const { page } = browser;
  await page.goto(`${stack.url}/console/media`);
  await page.getByText('clip', { exact: true }).first().click();
  await page.locator('video').waitFor();
  const script = `(() => {
    const video = document.querySelector('video');
    if (video?.paused) video.play().catch(() => {});
    return (video?.currentTime ?? 0) > 0.3 && video.videoHeight === 180;
  })()`;
  await eventually('the video plays', () => page.evaluate<boolean>(script));
  expect(browser.complaints).toEqual([]);
});
