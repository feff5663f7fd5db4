import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

export interface TestBrowser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the pages complained of on their consoles, security policy violations among them. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

/** The system's Chromium with a profile of its own. */
export async function openBrowser(
  options: { width: number; height: number; colorScheme?: 'light' | 'dark'; locale?: string } = {
    width: 1440,
    height: 900,
  },
): Promise<TestBrowser> {
  const executablePath = findOnPath(PROGRAMS);
  if (!executablePath)
    throw new Error('Chromium was not found: install it (Debian: apt-get install chromium).');
  const { width, height, colorScheme = 'light', locale = 'en-US' } = options;
  const profile = await mkdtemp(join(tmpdir(), 'vodstack-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: ARGUMENTS,
    viewport: { width, height },
    colorScheme,
    locale,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  return {
    context,
    page,
    complaints,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

function findOnPath(programs: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return programs
    .flatMap((program) => folders.map((folder) => join(folder, program)))
    .find((path) => existsSync(path));
}

/** Drops a file on the page as a person does with the mouse. */
export async function dropFile(page: Page, file: { name: string; bytes: Buffer }): Promise<void> {
  const content = JSON.stringify([file.name, file.bytes.toString('base64')]);
  const transfer = await page.evaluateHandle(`(() => {
    const [name, base64] = ${content};
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(base64), (char) => char.codePointAt(0))], name, { type: 'video/mp4' }));
    return data;
  })()`);
  for (const type of ['dragenter', 'dragover', 'drop'])
    await page.dispatchEvent('body', type, { dataTransfer: transfer });
}
