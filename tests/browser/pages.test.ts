import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { type Clip, createClip } from '../support/clip.ts';
import { eventually } from '../support/eventually.ts';
import { startQuietStack, type Stack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';

const SCREENSHOTS = 'test-results/screenshots';
const PAGES = [
  'media',
  'tasks',
  'events',
  'events/settings',
  'events/endpoints',
  'events/faults',
  'templates',
  'procedures',
  'functions',
  'functions/callback',
  'functions/callback/test',
  'functions/callback/configuration',
  'functions/callback/triggers',
  'gateway',
  'system',
  'coverage',
  'account',
];
/** The live connection keeps the network from ever being idle. */
const LOADING = 'main .mantine-Skeleton-root, main .mantine-Loader-root';
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
let stack: Stack;
let browser: TestBrowser;
let clip: Clip;

beforeAll(async () => {
  await mkdir(SCREENSHOTS, { recursive: true });
  [stack, clip] = await Promise.all([startQuietStack(), createClip()]);
  browser = await openBrowser();
  browser.page.setDefaultTimeout(20_000);
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  await clip?.remove();
});

async function open(name: string): Promise<void> {
  await browser.page.goto(`${stack.url}/console/${name}`);
  await browser.page.locator('main h1').first().waitFor();
}

/** Serious and critical findings on the page, by rule and place. @param rules all of them when absent */
async function findBarriers(): Promise<string[]> {
  await browser.page.evaluate(await readFile(AXE, 'utf8'));
  return await browser.page.evaluate<string[]>(`axe.run(document).then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ': ' + target.join(' '))))`);
}

describe('the pages of the console', () => {
  it.each([
    ['light', 'en'],
    ['dark', 'zh'],
  ])(
    'have no serious barrier in %s and %s, and are kept as pictures in both themes',
    async (theme, language) => {
      await open('media');
      await browser.page.evaluate(`localStorage.setItem('vodstack.theme', '${theme}');
      localStorage.setItem('vodstack.language', '${language}')`);
      const barriers: Record<string, string[]> = {};
      for (const name of PAGES) {
        await open(name);
        await browser.page.locator(LOADING).first().waitFor({ state: 'detached' });
        const found = await findBarriers();
        if (found.length > 0) barriers[name] = found;
        for (const shown of [theme, theme === 'light' ? 'dark' : 'light']) {
          // In place: what a theme is, is this attribute; the page need not be loaded again.
          await browser.page.evaluate(
            `document.documentElement.setAttribute('data-mantine-color-scheme', '${shown}')`,
          );
          const file = `${name.replaceAll('/', '-')}-${shown}-${language}.png`;
          await browser.page.screenshot({ path: join(SCREENSHOTS, file), animations: 'disabled' });
        }
      }
      expect(barriers).toEqual({});
    },
    300_000,
  );

  it('send a sample event and show it with a way to send it again', async () => {
    await browser.page.evaluate(`localStorage.clear()`);
    await open('events');
    await browser.page.getByRole('button', { name: 'Send a sample event' }).click();
    await browser.page.getByRole('button', { name: 'Send', exact: true }).click();
    const again = browser.page.getByRole('dialog').getByRole('button', { name: 'Send again' });
    await again.waitFor();
    expect(await again.isEnabled()).toBe(true);
  }, 60_000);

  it('make a template, with the server’s refusal at its field', async () => {
    const { page } = browser;
    await open('templates');
    await page.getByRole('button', { name: 'New template' }).click();
    await page.getByLabel('Name').fill('Evening');
    await page.getByLabel('Video Bitrate').fill('1');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/VideoTemplate\.Bitrate.*got 1/).waitFor();
    await page.getByLabel('Video Bitrate').fill('900');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('table').getByText('Evening').waitFor();
    const { TranscodeTemplateSet = [] } = await stack.client.DescribeTranscodeTemplates({ Type: 'Custom' });
    expect(TranscodeTemplateSet?.map(({ Name }) => Name)).toEqual(['Evening']);
  }, 60_000);

  it('change a file, have it processed, forbid it, and delete it', async () => {
    const { page } = browser;
    const { FileId } = await uploadFile(stack, clip.path);
    await page.goto(`${stack.url}/console/media/${FileId}`);
    await page.getByRole('button', { name: 'Edit' }).click();
    const edit = page.getByRole('dialog', { name: 'Name, tags and class' });
    await edit.getByLabel('Name').fill('Sea 海');
    await edit.getByLabel('Tags').fill('sea, 海，sea');
    await edit.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Sea 海' }).waitFor();
    const { MediaInfoSet = [] } = await stack.client.DescribeMediaInfos({ FileIds: [FileId] });
    expect(MediaInfoSet?.[0]?.BasicInfo).toMatchObject({ Name: 'Sea 海', TagSet: ['sea', '海'] });

    await page.getByRole('button', { name: 'Process again' }).click();
    await page.getByRole('dialog', { name: 'Process again' }).getByRole('button', { name: 'Start' }).click();
    await page.locator('label', { hasText: '100020' }).waitFor({ timeout: 60_000 });

    await page.getByRole('button', { name: 'Forbid playback' }).click();
    // The word about it must not stand in the way of taking it back.
    await page.getByRole('button', { name: 'Allow playback' }).click();
    await page.getByRole('button', { name: 'Forbid playback' }).waitFor();

    await page.getByRole('button', { name: 'Delete' }).click();
    await page
      .getByRole('dialog', { name: /Sea 海/ })
      .last()
      .getByRole('button', { name: 'Delete' })
      .click();
    await page.getByText('Sea 海 is deleted').waitFor();
    const after = await stack.client.DescribeMediaInfos({ FileIds: [FileId] });
    expect(after.NotExistFileIdSet).toEqual([FileId]);
  }, 120_000);

  it('find files by a tag, keep that in the address, and go from row to row with the keyboard', async () => {
    const { page } = browser;
    const tagged = await uploadFile(stack, clip.path, { MediaName: 'tagged' });
    await uploadFile(stack, clip.path, { MediaName: 'other' });
    await stack.client.ModifyMediaInfo({ FileId: tagged.FileId, AddTags: ['harbour'] });
    await open('media');
    const rows = page.locator('[data-row-link]');
    await rows.nth(1).waitFor();
    await rows.first().focus();
    await page.keyboard.press('j');
    const isSecond = `document.querySelectorAll('[data-row-link]')[1] === document.activeElement`;
    expect(await page.evaluate<boolean>(isSecond)).toBe(true);
    await page.getByLabel('Only media with this tag').fill('harbour');
    await page.waitForURL(/tag=harbour/);
    await page.reload();
    await rows.first().waitFor();
    expect(await rows.allInnerTexts()).toEqual(['tagged']);
    expect(await page.getByLabel('Only media with this tag').inputValue()).toBe('harbour');
  }, 60_000);

  it('pull a file from a URL, and say among the tasks why it did not come', async () => {
    const { page } = browser;
    await open('media');
    await page.getByRole('button', { name: 'From a URL' }).click();
    const dialog = page.getByRole('dialog', { name: 'Pull a file from a URL' });
    await dialog.getByLabel('URL').fill('ftp://127.0.0.1/film.mp4');
    await dialog.getByRole('button', { name: 'Pull' }).click();
    await dialog.getByRole('alert').waitFor();
    await dialog.getByLabel('URL').fill(`${stack.url}/nothing.mp4`);
    await dialog.getByRole('button', { name: 'Pull' }).click();
    await open('tasks');
    await page.getByRole('table').getByText('Failed').first().waitFor({ timeout: 60_000 });
    expect(await page.getByRole('table').innerText()).toContain('PullUpload');
  }, 120_000);

  it('make a key whose secret is shown once, and an application to switch to', async () => {
    const { page } = browser;
    await open('account');
    await page.getByLabel('Name of a new key').fill('player');
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByText('it is shown only this once').waitFor();
    await page.getByLabel('Name of a new application').fill('second');
    await page.getByRole('button', { name: 'Create application' }).click();
    await page.getByRole('combobox', { name: 'Application' }).selectOption({ label: 'second' });
    await eventually('the choice is kept', () =>
      page.evaluate<boolean>(`Number(localStorage.getItem('vodstack.application')) > 0`),
    );
    expect(browser.complaints).toEqual([]);
  }, 60_000);
});
