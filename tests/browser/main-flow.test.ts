import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { dropFile, openBrowser, type TestBrowser } from '../support/browser.ts';
import { makeClip } from '../support/make-clip.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

const SCREENSHOTS = 'test-results/screenshots';
const STEP_MS = 60_000;
let stack: Stack;
let folder: WorkFolder;
let browser: TestBrowser;

beforeAll(async () => {
  await mkdir(SCREENSHOTS, { recursive: true });
  folder = await createWorkFolder();
  stack = await startStack();
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  await folder?.remove();
});

/** Waits until the video really plays: its position advances. Page scripts are texts: they are no part of this program. */
async function plays(): Promise<void> {
  const script = `(() => {
    const video = document.querySelector('video');
    if (video?.paused) video.play().catch(() => {});
    return (video?.currentTime ?? 0) > 0.3 && (video?.videoWidth ?? 0) > 0;
  })()`;
  await eventually('the video plays', () => browser.page.evaluate<boolean>(script));
}

async function showsHeight(height: number): Promise<void> {
  const script = `document.querySelector('video')?.videoHeight === ${height}`;
  await eventually(`the picture is ${height} high`, () => browser.page.evaluate<boolean>(script));
}

async function readMedia(): Promise<{ items: { outputs: unknown[] }[] }> {
  const response = await fetch(`${stack.url}/console/api/media`);
  return (await response.json()) as { items: { outputs: unknown[] }[] };
}

function callConsole(path: string, headers: Record<string, string>, method = 'GET'): Promise<Response> {
  return fetch(`${stack.url}/console/api${path}`, { method, headers });
}

describe('the console', () => {
  it('takes a dropped video to two playing renditions and their URLs in the function’s log', async () => {
    const { page } = browser;
    const path = await makeClip(folder.join('holiday.mp4'), {
      picture: 'testsrc2=size=640x360:rate=30',
      durationSec: 3,
    });
    await page.goto(`${stack.url}/`);
    await page.waitForURL('**/console/media', { timeout: STEP_MS });
    await page.locator('main h1').first().waitFor({ timeout: STEP_MS });
    await page.screenshot({ path: join(SCREENSHOTS, 'first-run.png') });

    await dropFile(page, { name: 'holiday.mp4', bytes: await readFile(path) });
    await page.getByText('Normal', { exact: true }).first().waitFor({ timeout: STEP_MS });
    await eventually('both renditions are there', async () => {
      const { items } = await readMedia();
      return items[0]?.outputs.length === 2;
    });
    await page.screenshot({ path: join(SCREENSHOTS, 'media.png') });

    await page.getByText('holiday', { exact: true }).first().click();
    await page.locator('video').waitFor({ timeout: STEP_MS });
    await plays();
    await showsHeight(360);
    await page.getByRole('dialog').getByText('540p').first().click();
    await showsHeight(540);
    await plays();
    await page.screenshot({ path: join(SCREENSHOTS, 'quick-view.png') });

    await page.goto(`${stack.url}/console/functions/callback`);
    // Newest first: the request that brought ProcedureStateChanged.
    await page
      .locator('main')
      .getByText(/^[0-9a-f]{8}-[0-9a-f]{4}-/)
      .first()
      .click();
    await page.getByText('v.f100010.mp4').first().waitFor({ timeout: STEP_MS });
    await page.getByText('v.f100020.mp4').first().waitFor({ timeout: STEP_MS });
    await page.screenshot({ path: join(SCREENSHOTS, 'function-log.png') });
    expect(browser.complaints).toEqual([]);
  }, 180_000);

  it('shows every page in Chinese, dark and on a phone without scrolling sideways', async () => {
    const phone = await openBrowser({ width: 390, height: 844, colorScheme: 'dark', locale: 'zh-CN' });
    try {
      for (const name of ['media', 'events', 'functions', 'coverage', 'account']) {
        await phone.page.goto(`${stack.url}/console/${name}`);
        await phone.page.locator('main h1').first().waitFor({ timeout: STEP_MS });
        const overflow = await phone.page.evaluate<number>(
          'document.documentElement.scrollWidth - window.innerWidth',
        );
        expect({ name, isWider: overflow > 0 }).toEqual({ name, isWider: false });
        expect(await phone.page.evaluate<string>('document.documentElement.lang')).toMatch(/^zh/);
        await phone.page.screenshot({ path: join(SCREENSHOTS, `${name}-zh-dark-390.png`) });
      }
      expect(phone.complaints).toEqual([]);
    } finally {
      await phone.close();
    }
  }, 120_000);

  it('keeps its API from other sites and other machines', async () => {
    expect((await callConsole('/account/reveal', {}, 'POST')).status).toBe(403);
    expect((await callConsole('/account', { 'x-forwarded-for': '203.0.113.7' })).status).toBe(401);
    expect((await callConsole('/account', {})).status).toBe(200);
  });
});
