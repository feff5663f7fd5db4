import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { type Clip, createClip } from '../support/clip.ts';
import { eventually } from '../support/eventually.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { makeClip } from '../support/make-clip.ts';
import { uploadFile } from '../support/upload.ts';

let stack: Stack;
let clip: Clip;
let browser: TestBrowser;
beforeAll(async () => {
  await mkdir('test-results/screenshots', { recursive: true });
  [stack, clip, browser] = await Promise.all([startQuietStack(), createClip(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  await clip?.remove();
});

/** Waits until the picture moves and has one of the heights. Page scripts are texts: they are no part of this program. */
async function plays(...heights: number[]): Promise<void> {
  const script = `(() => {
    const video = document.querySelector('video');
    if (video?.paused) video.play().catch(() => {});
    return (video?.currentTime ?? 0) > 0.3 && ${JSON.stringify(heights)}.includes(video.videoHeight);
  })()`;
  await eventually('the video plays', () => browser.page.evaluate<boolean>(script));
}

it('the console’s player plays an adaptive stream, with its qualities, previews and subtitles', async () => {
  const { page } = browser;
  page.setDefaultTimeout(60_000);
  const path = await makeClip(join(clip.folder, 'film.mp4'), {
    picture: 'testsrc2=size=960x540:rate=25',
    durationSec: 3,
  });
  const { FileId } = await uploadFile(stack, path, { Procedure: 'LongVideoPreset' });
  const subtitle = 'WEBVTT\n\n00:00:00.000 --> 00:00:03.000\nGood evening\n';
  await stack.client.ModifyMediaInfo({
    FileId,
    AddSubtitles: [
      { Name: 'English', Language: 'en', Format: 'vtt', Content: Buffer.from(subtitle).toString('base64') },
    ],
  });
  await page.goto(`${stack.url}/console/media/${FileId}`);
  const stream = page.locator('label', { hasText: '10 · HLS' });
  await stream.waitFor({ timeout: 120_000 });
  await stream.click();
  const quality = page.getByRole('combobox', { name: 'Picture quality' });
  await quality.waitFor();
  const offered = await quality.locator('option').allInnerTexts();
  const heights = offered.slice(1).map((text) => Number.parseInt(text, 10));
  expect(heights.length).toBeGreaterThan(1);
  await plays(...heights);
  for (const height of [heights.at(-1), heights[0]]) {
    await quality.selectOption(`${height}p`);
    await plays(height ?? 0);
  }
  const texts = `[...document.querySelector('video').textTracks].flatMap((track) => {
    track.mode = 'hidden';
    return [...track.cues ?? []].map((cue) => cue.text);
  })`;
  await eventually('the subtitle is there', async () =>
    (await page.evaluate<string[]>(texts)).includes('Good evening'),
  );
  const bar = page.getByRole('slider', { name: 'Go to a place' });
  await bar.hover();
  const picture = page.locator('[style*="background-image"]');
  await picture.waitFor();
  expect(await picture.getAttribute('style')).toMatch(/imageSprite/i);
  await page.screenshot({ path: 'test-results/screenshots/player-stream.png' });
  await page.getByText('Source', { exact: true }).first().click();
  await plays(540);
  expect(browser.complaints).toEqual([]);
}, 240_000);

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
  await plays(180);
  expect(browser.complaints).toEqual([]);
});
