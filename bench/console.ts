import { openBrowser, type TestBrowser } from '../tests/support/browser.ts';
import { type Stack, startQuietStack } from '../tests/support/stack.ts';
import type { BenchResult } from './bench-result.ts';
import { fillLibrary } from './fill-library.ts';

const DEFAULT_MEDIA = 100_000;
const LOADS = 7;
const LIMIT_KB = 250;
/** The list or the words of an empty one, and nothing in their place any more. */
const INTERACTIVE = `document.querySelector('main h1') !== null
  && document.querySelector('main [data-row-link], main button') !== null
  && document.querySelector('main .mantine-Skeleton-root, main .mantine-Loader-root') === null
  && document.querySelector('main [data-row-link], main ol') !== null`;

/**
 * The first load of the media list in Chromium, without a cache: bytes of script as served, and the time until the list can be used,
 * with an empty library and with a full one. Argument: how many media, 100,000 by default.
 */
export async function consolePage([count = DEFAULT_MEDIA]: readonly (
  | string
  | number
)[]): Promise<BenchResult> {
  const media = Number(count);
  const stack = await startQuietStack();
  const browser = await openBrowser();
  try {
    const empty = await measureLoads(stack, browser);
    await fillLibrary(stack, media);
    const full = await measureLoads(stack, browser);
    return {
      figures: {
        media,
        scriptKb: round(full.scriptBytes / 1000),
        limitKb: LIMIT_KB,
        emptyMs: round(empty.interactiveMs),
        fullMs: round(full.interactiveMs),
      },
      ratios: {
        scriptToLimit: round(full.scriptBytes / 1000 / LIMIT_KB),
        fullToEmpty: round(full.interactiveMs / empty.interactiveMs),
      },
    };
  } finally {
    await browser.close();
    await stack.stop();
  }
}

interface Load {
  readonly scriptBytes: number;
  readonly interactiveMs: number;
}

/** The median of some loads, after one that warms the server. */
async function measureLoads(stack: Stack, browser: TestBrowser): Promise<Load> {
  await measureLoad(stack, browser);
  const loads: Load[] = [];
  for (let index = 0; index < LOADS; index++) loads.push(await measureLoad(stack, browser));
  const sorted = loads.toSorted((a, b) => a.interactiveMs - b.interactiveMs);
  return sorted[(LOADS - 1) / 2] ?? { scriptBytes: 0, interactiveMs: 0 };
}

async function measureLoad({ url }: Stack, { context, page }: TestBrowser): Promise<Load> {
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  const scripts = new Set<string>();
  let scriptBytes = 0;
  devtools.on(
    'Network.responseReceived',
    ({ type, requestId }) => type === 'Script' && scripts.add(requestId),
  );
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) scriptBytes += encodedDataLength;
  });
  await page.goto(`${url}/console/media`, { waitUntil: 'commit' });
  const interactiveMs = await page.evaluate<number>(`new Promise((resolve) => {
    const look = () => (${INTERACTIVE}) ? resolve(performance.now()) : requestAnimationFrame(look);
    look();
  })`);
  await devtools.detach();
  return { scriptBytes, interactiveMs };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
