import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { type EventListener, startEventListener } from '../support/event-listener.ts';
import { eventually } from '../support/eventually.ts';
import { startQuietStack, type Stack } from '../support/stack.ts';

const SCREENSHOTS = 'test-results/screenshots';
let stack: Stack;
let browser: TestBrowser;
let receiver: EventListener;

beforeAll(async () => {
  await mkdir(SCREENSHOTS, { recursive: true });
  [stack, receiver] = await Promise.all([startQuietStack(), startEventListener()]);
  browser = await openBrowser();
  browser.page.setDefaultTimeout(30_000);
});

afterAll(async () => {
  await browser?.close();
  await receiver?.stop();
  await stack?.stop();
});

async function open(path: string): Promise<void> {
  await browser.page.goto(`${stack.url}/console/${path}`);
  await browser.page.locator('main h1').first().waitFor();
}

async function take(name: string): Promise<void> {
  await browser.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

describe('the pages of events', () => {
  it('make an endpoint, show its secret once, send it a test event and pause it', async () => {
    const { page } = browser;
    await open('events/endpoints');
    await page.getByRole('button', { name: 'Add an endpoint' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add an endpoint' });
    await dialog.getByRole('textbox', { name: 'URL' }).fill('ftp://127.0.0.1/');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByText(/An http\(s\) URL without a password is expected/).waitFor();
    await dialog.getByRole('textbox', { name: 'URL' }).fill(receiver.url);
    await dialog.getByRole('textbox', { name: 'Name' }).fill('billing');
    await dialog.getByRole('checkbox', { name: 'NewFileUpload' }).check();
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByText(/^whsec_/).waitFor();
    await take('endpoint-secret');
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
    const table = page.getByRole('table', { name: 'Endpoints' });
    await table.getByText('billing').waitFor();
    await page.getByText('whsec_').waitFor({ state: 'detached' });

    await table.getByRole('button', { name: 'Test' }).click();
    const drawer = page.getByRole('dialog', { name: /NewFileUpload/ });
    await drawer.getByText('Delivered').waitFor();
    await drawer.getByText('HTTP 200').first().waitFor();
    await take('endpoint-test');
    expect(receiver.notifications).toHaveLength(1);
    expect(receiver.notifications[0]?.headers['webhook-signature']).toMatch(/^v1,/);

    await open('events/endpoints');
    await table.getByRole('button', { name: 'Pause' }).click();
    await table.getByText('Paused').waitFor();
    await table.getByRole('button', { name: 'Resume' }).click();
    await table.getByText('Enabled').waitFor();
    await take('endpoints');
  }, 120_000);

  it('let an event be lost on purpose, find it among the dead letters and send it again', async () => {
    const { page } = browser;
    await open('events/faults');
    await page.getByRole('button', { name: 'Add a fault' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a fault' });
    await dialog.getByRole('combobox', { name: 'Kind' }).selectOption('drop');
    await dialog.getByLabel('Times at most').fill('1');
    await take('fault-form');
    await dialog.getByRole('button', { name: 'Add a fault' }).click();
    const faults = page.getByRole('table', { name: 'Faults' });
    await faults.getByText('1 more time').waitFor();
    await open('events');
    await page.getByText('1 fault lets deliveries go wrong on purpose.').waitFor();

    await open('events/endpoints');
    await page.getByRole('button', { name: 'Test' }).click();
    await page.getByRole('dialog').getByText('Dead letter').waitFor();
    await open('events/dead-letters');
    const letters = page.getByRole('table', { name: 'Dead letters' });
    await letters.getByText('NewFileUpload').waitFor();
    await take('dead-letters');
    await letters.getByRole('button', { name: 'Send again' }).click();
    await page.getByText('No dead letters').waitFor();
    await eventually('the receiver has it', async () => receiver.notifications.length === 2);
    expect(receiver.notifications[1]?.content.EventType).toBe('NewFileUpload');

    await open('events/faults');
    await faults.getByText('0 more times').waitFor();
    await take('faults');
    await faults.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Nothing goes wrong on purpose').waitFor();
  }, 120_000);

  it('send everything since a time again, to an endpoint of choice', async () => {
    const { page } = browser;
    await open('events');
    await page.getByRole('button', { name: 'Replay' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send events again' });
    await dialog.getByRole('combobox', { name: 'To' }).selectOption({ index: 1 });
    await take('replay');
    await dialog.getByRole('button', { name: 'Send again' }).click();
    await page.getByText('2 events are sent again').waitFor();
    await eventually('both have come again', async () => receiver.notifications.length === 4);
    expect(browser.complaints.filter((text) => !text.includes('400'))).toEqual([]);
  }, 120_000);
});
