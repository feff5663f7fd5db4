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

  it('change its configuration, with the server’s refusal at the field and hidden values', async () => {
    const { page } = browser;
    await open('/configuration');
    const value = page.getByLabel('Value 1');
    await value.waitFor();
    expect(await value.getAttribute('type')).toBe('password');
    await page.getByRole('button', { name: 'Show values' }).click();
    expect(await page.getByLabel('Value 1').inputValue()).toBe('hello-secret');
    await page.getByLabel('Timeout in seconds').fill('901');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.getByText(/must be 1 to 900 whole seconds, got 901/).waitFor();
    await take('configuration');
    await page.getByLabel('Timeout in seconds').fill('7');
    await page.getByRole('combobox', { name: 'Network' }).selectOption('none');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.getByText('Unsaved changes').waitFor({ state: 'detached' });
    const { Timeout, Environment } = await client.GetFunction({ FunctionName: 'greeter' });
    expect({ Timeout, Variables: Environment?.Variables }).toEqual({
      Timeout: 7,
      Variables: [
        { Key: 'GREETING', Value: 'hello-secret' },
        { Key: 'VODSTACK_NETWORK', Value: 'none' },
      ],
    });
  }, 120_000);

  it('publish a version and divide calls between two by an alias', async () => {
    const { page } = browser;
    await open('/versions');
    await page.getByRole('button', { name: 'Publish a version' }).click();
    const publish = page.getByRole('dialog', { name: 'Publish a version' });
    await publish.getByLabel('Description').fill('first');
    await publish.getByRole('button', { name: 'Publish a version' }).click();
    await page.getByRole('table', { name: 'Versions' }).getByText('first').waitFor();
    await page.getByRole('button', { name: 'New alias' }).click();
    const alias = page.getByRole('dialog', { name: 'New alias' });
    await alias.getByLabel('Alias').fill('live');
    await alias.getByLabel('Second version').selectOption('1');
    await alias.getByLabel('Percent to the second version').fill('25');
    await alias.getByRole('button', { name: 'Save' }).click();
    await page.getByText('25 % to 1').waitFor();
    await take('versions');
    const { RoutingConfig } = await client.GetAlias({ FunctionName: 'greeter', Name: 'live' });
    expect(RoutingConfig?.AdditionalVersionWeights).toEqual([{ Version: '1', Weight: 0.25 }]);
  }, 120_000);

  it('give it a function URL and a gateway API, and take the API away on the gateway’s page', async () => {
    const { page } = browser;
    await open('/triggers');
    await page.getByRole('button', { name: 'New trigger' }).click();
    const dialog = page.getByRole('dialog', { name: 'New trigger' });
    await dialog.getByLabel('Type').selectOption('timer');
    await dialog.getByLabel(/^Schedule/).fill('every day');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByRole('alert').waitFor();
    await dialog.getByLabel('Type').selectOption('http');
    await dialog.getByRole('button', { name: 'Create' }).click();
    const triggers = page.getByRole('table', { name: 'Triggers and addresses' });
    const address = await triggers.getByText(/\/url-/).innerText();
    expect((await fetch(address)).status).toBe(200);
    await take('triggers');

    await page.goto(`${stack.url}/console/gateway`);
    await page.getByRole('button', { name: 'New API' }).click();
    const form = page.getByRole('dialog', { name: 'New API' });
    await form.getByLabel('Function', { exact: true }).selectOption({ label: 'greeter' });
    await form.getByLabel('Path').fill('/hello');
    await form.getByLabel(/whole HTTP response/).uncheck();
    await take('gateway-form');
    await form.getByRole('button', { name: 'Create' }).click();
    const row = page.getByRole('row', { name: /\/hello/ });
    const url = await row.getByText(/\/service-.*\/release\/hello/).innerText();
    expect(await (await fetch(url)).json()).toMatchObject({ greeting: 'hello-secret' });
    await take('gateway');
    await row.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await row.waitFor({ state: 'detached' });
    expect((await fetch(url)).status).toBe(404);
    const { Triggers } = await client.ListTriggers({ FunctionName: 'greeter' });
    expect(Triggers?.map(({ Type }) => Type)).toEqual(['http']);
  }, 120_000);

  it('count what it did', async () => {
    const { page } = browser;
    await open('');
    await page.getByRole('figure', { name: 'Invocations' }).waitFor();
    await page.getByText(/^1 \(\d+\.\d %\)$/).waitFor();
    await take('overview');
    expect(browser.complaints.filter((text) => !text.includes('400'))).toEqual([]);
  }, 60_000);
});
