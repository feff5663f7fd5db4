import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { createFunction, createFunctionClient, type FunctionClient } from '../support/functions.ts';
import { startQuietStack, type Stack } from '../support/stack.ts';

const SCREENSHOTS = 'test-results/screenshots';
const CODE = `exports.main_handler = async (event, context) => {
  console.log('seen', event.key1 ?? event.httpMethod);
  if (event.fail) throw new Error('asked to fail');
  return { greeting: process.env.GREETING, event };
};
`;
let stack: Stack;
let browser: TestBrowser;
let client: FunctionClient;

beforeAll(async () => {
  await mkdir(SCREENSHOTS, { recursive: true });
  stack = await startQuietStack();
  client = createFunctionClient(stack);
  await createFunction(client, {
    FunctionName: 'greeter',
    code: { 'index.js': CODE, 'lib/data.json': '{"a": 1}', 'lib/raw.bin': Buffer.from([0, 1, 2]) },
    Environment: { Variables: [{ Key: 'GREETING', Value: 'hello-secret' }] },
  });
  browser = await openBrowser();
  browser.page.setDefaultTimeout(30_000);
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

async function open(path: string): Promise<void> {
  await browser.page.goto(`${stack.url}/console/functions/greeter${path}`);
  await browser.page.locator('main h1').first().waitFor();
}

async function take(name: string): Promise<void> {
  await browser.page.screenshot({ path: join(SCREENSHOTS, `function-${name}.png`), fullPage: true });
}

describe('the pages of a function', () => {
  it('show its code, file by file', async () => {
    const { page } = browser;
    await open('/code');
    await page.getByLabel('index.js').getByText('exports.main_handler').waitFor();
    await take('code');
    await page.getByRole('link', { name: 'lib/data.json' }).click();
    await page.getByLabel('lib/data.json').getByText('{"a": 1}').waitFor();
    await page.getByRole('link', { name: 'lib/raw.bin' }).click();
    await page.getByText('This file is not text').waitFor();
    const wrong = await fetch(
      `${stack.url}/console/api/functions/greeter/code/file?path=${encodeURIComponent('../../credentials.json')}`,
    );
    expect(wrong.status).toBe(400);
  }, 120_000);

  it('run it with a sample event and lead to the log of that run', async () => {
    const { page } = browser;
    await open('/test');
    const editor = page.getByRole('textbox', { name: 'Event' });
    await editor.fill('{"key1": ');
    await page.getByText(/This is not JSON/).waitFor();
    await page.getByLabel('Start from').selectOption('upload');
    await eventually('the sample is in the editor', async () =>
      (await editor.inputValue()).includes('NewFileUpload'),
    );
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('Success').waitFor();
    await page.getByLabel('Return value').getByText('hello-secret').waitFor();
    await take('test');
    await page.getByRole('link', { name: 'Whole log' }).click();
    const log = page.getByLabel('Log', { exact: true });
    await log.getByText('seen POST').waitFor();
    expect(await log.innerText()).toMatch(/^START RequestId/);
    await take('log');
  }, 120_000);

  it('find requests by result and text, and stand still when they are told to', async () => {
    const { page } = browser;
    await client.Invoke({ FunctionName: 'greeter', ClientContext: '{"key1":"needle"}' });
    await client.Invoke({ FunctionName: 'greeter', ClientContext: '{"fail":true}' });
    await open('/logs');
    const list = page.getByRole('navigation', { name: 'Requests' }).getByRole('link');
    await list.nth(2).waitFor();
    await page.getByRole('combobox', { name: 'Result' }).selectOption('exception');
    await list.nth(1).waitFor({ state: 'detached' });
    await page.getByRole('combobox', { name: 'Result' }).selectOption('');
    await page.getByRole('textbox', { name: 'Text in the log' }).fill('needle');
    await page.keyboard.press('Enter');
    await list.nth(1).waitFor({ state: 'detached' });
    await page.getByRole('textbox', { name: 'Text in the log' }).fill('');
    await page.keyboard.press('Enter');
    await list.nth(2).waitFor();

    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Follow live' }).waitFor();
    await client.Invoke({ FunctionName: 'greeter', ClientContext: '{"key1":"later"}' });
    expect(await list.count()).toBe(3);
    await page.getByRole('button', { name: 'Follow live' }).click();
    await list.nth(3).waitFor();
  }, 120_000);

  it('count what it did', async () => {
    const { page } = browser;
    await open('');
    await page.getByRole('figure', { name: 'Invocations' }).waitFor();
    await page.getByText('1 (25.0 %)').waitFor();
    await take('overview');
    expect(browser.complaints.filter((text) => !text.includes('400'))).toEqual([]);
  }, 60_000);
});
