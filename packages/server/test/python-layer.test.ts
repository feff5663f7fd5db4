import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { createLogger } from '@vodstack/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { zip } from '../../../tests/support/functions.ts';
import { openPythonLayer } from '../src/functions/python-layer.ts';

const NAME = 'tencentcloud_sdk_python-1.0-py3-none-any.whl';
const INFO = 'tencentcloud_sdk_python-1.0.dist-info';

let dataFolder: string;
let index: Server;
let isOpen = false;

/** A package index with one small wheel, which answers once it is open. */
beforeAll(async () => {
  const wheel = Buffer.from(
    await zip({
      'tencentcloud/__init__.py': 'WHERE = "the layer"\n',
      [`${INFO}/METADATA`]: 'Metadata-Version: 2.1\nName: tencentcloud-sdk-python\nVersion: 1.0\n',
      [`${INFO}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
      [`${INFO}/RECORD`]: `tencentcloud/__init__.py,,\n${INFO}/METADATA,,\n${INFO}/WHEEL,,\n${INFO}/RECORD,,\n`,
    }),
    'base64',
  );
  dataFolder = await mkdtemp(`${tmpdir()}/vodstack-layer-`);
  index = createServer((request, response) => {
    const page = `<!DOCTYPE html><html><body><a href="/${NAME}">${NAME}</a></body></html>`;
    response.setHeader('content-type', 'text/html');
    response.statusCode = isOpen ? 200 : 404;
    response.end(request.url?.endsWith('.whl') ? wheel : page);
  });
  await new Promise<void>((resolve) => index.listen(0, '127.0.0.1', resolve));
  process.env['PIP_INDEX_URL'] = `http://127.0.0.1:${(index.address() as AddressInfo).port}/simple/`;
});
afterAll(async () => {
  await rm(dataFolder, { recursive: true, force: true });
  index?.close();
  delete process.env['PIP_INDEX_URL'];
});

const IMPORT = 'import tencentcloud; print(tencentcloud.WHERE)';
const run = (folder: string): Promise<string> =>
  promisify(execFile)('python3', ['-c', IMPORT], { env: { ...process.env, PYTHONPATH: folder } }).then(
    ({ stdout }) => stdout.trim(),
    ({ stderr }: { stderr: string }) => stderr,
  );

test('without an index, importing the SDK says what pip said and what to do; later it comes by itself', async () => {
  let now = Date.now();
  const logger = createLogger({ level: 'silent' });
  const layer = await openPythonLayer({ dataFolder, given: undefined, logger, clock: () => new Date(now) });
  layer.wish();
  layer.wish();
  const failed = await eventually('pip has given up', async () => {
    const text = await run(layer.folder());
    return text.includes('pip could not') && text;
  });
  expect(failed).toContain('No matching distribution');
  expect(failed).toContain('VODSTACK_PYTHON_LAYER');
  isOpen = true;
  layer.wish();
  now += 11 * 60_000;
  await eventually('the layer is there', async () => {
    layer.wish();
    return (await readdir(`${dataFolder}/layers`)).join(' ') === 'python';
  });
  expect(await run(layer.folder())).toBe('the layer');
  await layer.stop();
});
