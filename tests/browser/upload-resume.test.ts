import { appendFile } from 'node:fs/promises';
import type { Route } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { type ChildServer, findFreePort, startChildServer } from '../support/child-server.ts';
import { eventually } from '../support/eventually.ts';
import { makeClip } from '../support/make-clip.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

const FILE_BYTES = 20 * 1024 * 1024;
let folder: WorkFolder;
let server: ChildServer;
let browser: TestBrowser;

beforeAll(async () => {
  folder = await createWorkFolder();
  const port = await findFreePort();
  [server, browser] = await Promise.all([
    startChildServer({ dataFolder: folder.join('data'), port }),
    openBrowser(),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await server?.end('SIGTERM');
  await folder?.remove();
});

/** Counts the parts that reach the server, and holds back those over a limit. */
function createGate(): {
  taken: number[];
  open: (parts: number) => void;
  handle: (route: Route) => Promise<void>;
} {
  const taken: number[] = [];
  let limit = 0;
  let waiting: (() => void)[] = [];
  return {
    taken,
    open(parts) {
      limit = parts;
      for (const go of waiting.splice(0)) go();
    },
    async handle(route) {
      const number = Number(new URL(route.request().url()).searchParams.get('partNumber'));
      while (taken.length >= limit) await new Promise<void>((go) => waiting.push(go));
      taken.push(number);
      await route.continue();
    },
  };
}

it('an upload goes on after a reload and after a crash of the server, and sends no part twice', async () => {
  const { page } = browser;
  page.setDefaultTimeout(60_000);
  const path = await makeClip(folder.join('film.mp4'));
  await appendFile(path, Buffer.alloc(FILE_BYTES));
  page.on('dialog', (dialog) => void dialog.accept());
  const gate = createGate();
  await page.route(/partNumber=/, gate.handle);
  gate.open(2);
  await page.goto(`${server.url}/console/media`);
  await page.getByLabel('Choose files').first().setInputFiles(path);
  await page.getByText('8.39 MB / 21').waitFor();
  await page.unroute(/partNumber=/);

  await page.reload();
  await page.getByText('Choose the same file again to go on').waitFor();
  const rest = createGate();
  await page.route(/partNumber=/, rest.handle);
  rest.open(1);
  await page.getByLabel('Choose film.mp4 again').setInputFiles(path);
  await eventually('the third part is there', () => rest.taken.length === 1);
  await server.end('SIGKILL');
  rest.open(10);
  await page.getByText('The connection broke; trying again').waitFor();
  server = await startChildServer({
    dataFolder: folder.join('data'),
    port: Number(new URL(server.url).port),
  });
  await page.getByText(/^Uploaded · /).waitFor();
  expect(new Set(gate.taken)).toEqual(new Set([1, 2]));
  expect(rest.taken).not.toContain(1);
  expect(rest.taken).not.toContain(2);
  const media = await server.client.SearchMedia({});
  expect(media.MediaInfoSet?.map(({ BasicInfo }) => BasicInfo?.Name)).toEqual(['film']);
}, 240_000);
