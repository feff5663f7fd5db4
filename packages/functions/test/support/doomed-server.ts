import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeployedFunction } from '../../src/function-store.ts';
import { createProcessStarter } from '../../src/runtime/function-process.ts';
import { createMemoryWatch } from '../../src/runtime/memory-watch.ts';
import { launchInstance } from '../../src/runtime/instance.ts';

/** Starts an idle and a looping function in the given folder, prints their process ids as JSON and waits to be killed. */
const codeFolder = await mkdtemp(join(process.argv[2] ?? '', 'doomed-'));
await writeFile(
  join(codeFolder, 'index.js'),
  'exports.main_handler = (loop) => { console.log(process.pid); if (loop) for (;;); return process.pid; };',
);
const account = { appId: '1', uin: '1', region: 'ap-guangzhou' };
const folder = process.argv[2] ?? '';
const starter = await createProcessStarter({ account, folder, isSandboxed: false });
const memoryWatch = createMemoryWatch();
const fn: DeployedFunction = {
  namespace: 'default',
  name: 'doomed',
  runtime: 'Nodejs18.15',
  handler: 'index.main_handler',
  timeoutSec: 900,
  memoryMb: 128,
  environment: {},
  codeKey: '',
  codeSha256: '',
  codeBytes: 0,
  version: 1,
  revision: 1,
  status: 'Active',
  createdAt: new Date(),
  modifiedAt: new Date(),
};

async function launch(loop: boolean): Promise<number> {
  const instance = launchInstance({
    fn,
    place: { codeFolder },
    account,
    starter,
    memoryWatch,
    initTimeoutMs: 10_000,
  });
  await instance.ready;
  const { outcome } = await instance.run({ requestId: 'a', event: 'false' }).ended;
  if (outcome.kind !== 'returned') throw new Error(`the function ended as ${outcome.kind}`);
  if (loop) instance.run({ requestId: 'b', event: 'true' });
  return Number(outcome.text);
}

process.stdout.write(JSON.stringify([await launch(false), await launch(true)]));
