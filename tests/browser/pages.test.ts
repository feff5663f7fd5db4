import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { startQuietStack, type Stack } from '../support/stack.ts';

const SCREENSHOTS = 'test-results/screenshots';
const PAGES = [
  'media',
  'tasks',
  'events',
  'events/settings',
  'templates',
  'procedures',
  'functions',
  'system',
  'coverage',
  'account',
];
/** The live connection keeps the network from ever being idle. */
const IS_LOADED = `!document.querySelector('main .mantine-Skeleton-root, main .mantine-Loader-root')`;
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
let stack: Stack;
let browser: TestBrowser;

beforeAll(async () => {
  await mkdir(SCREENSHOTS, { recursive: true });
  stack = await startQuietStack();
  browser = await openBrowser();
  browser.page.setDefaultTimeout(20_000);
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

async function open(name: string): Promise<void> {
  await browser.page.goto(`${stack.url}/console/${name}`);
  await browser.page.locator('main h1').first().waitFor();
}

/** Serious and critical findings on the page, by rule and place. */
async function findBarriers(): Promise<string[]> {
  await browser.page.evaluate(await readFile(AXE, 'utf8'));
  return await browser.page.evaluate<string[]>(`axe.run().then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ': ' + target.join(' '))))`);
}

describe('the pages of the console', () => {
  it.each([
    ['light', 'en'],
    ['dark', 'zh'],
  ])(
    'have no serious barrier in %s and %s',
    async (theme, language) => {
      await open('media');
      await browser.page.evaluate(`localStorage.setItem('vodstack.theme', '${theme}');
      localStorage.setItem('vodstack.language', '${language}')`);
      const barriers: Record<string, string[]> = {};
      for (const name of PAGES) {
        await open(name);
        await browser.page.waitForFunction(IS_LOADED);
        const file = `${name.replace('/', '-')}-${theme}-${language}.png`;
        await browser.page.screenshot({ path: join(SCREENSHOTS, file) });
        const found = await findBarriers();
        if (found.length > 0) barriers[name] = found;
      }
      expect(barriers).toEqual({});
    },
    180_000,
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
