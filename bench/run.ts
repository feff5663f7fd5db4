import { cpus, totalmem } from 'node:os';
import { api } from './api.ts';
import type { BenchResult } from './bench-result.ts';
import { chunks } from './chunks.ts';
import { consolePage } from './console.ts';
import { encoderSettings } from './encoder-settings.ts';
import { events } from './events.ts';
import { functions } from './functions.ts';
import { mainFlow } from './main-flow.ts';
import { receiver } from './receiver.ts';
import { search } from './search.ts';
import { transcode } from './transcode.ts';
import { upload } from './upload.ts';
import { uploadMemory } from './upload-memory.ts';

const benchmarks: Record<string, (args: readonly string[]) => Promise<BenchResult>> = {
  api,
  chunks,
  console: consolePage,
  'encoder-settings': encoderSettings,
  events,
  functions,
  'main-flow': mainFlow,
  receiver,
  search,
  transcode,
  upload,
  'upload-memory': uploadMemory,
};

const [name = '', ...args] = process.argv.slice(2);
const benchmark = benchmarks[name];
if (!benchmark) {
  console.error(`Usage: npm run bench -- NAME [arguments]; names: ${Object.keys(benchmarks).join(', ')}`);
  process.exit(1);
}
const result = await benchmark(args);
const machine = {
  cpu: cpus()[0]?.model ?? '',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 1024 ** 3),
  node: process.version,
};
console.log(JSON.stringify({ name, machine, ...result }));
process.exit(0);
