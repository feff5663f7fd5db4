// Run by interruption.test.ts as a process of its own: transcodes until it is killed. Arguments: source, scratch folder.
import { planTranscode, probeMedia, runTranscode } from '../../src/transcode/index.ts';
import { quietLogger, useMediaTools } from '../support/media-tools.ts';
import { spec } from './source-samples.ts';

const [sourcePath = '', scratchFolder = ''] = process.argv.slice(2);
const tools = await useMediaTools();
const source = await probeMedia(sourcePath, { tools });
await runTranscode(planTranscode(source, [spec(100030)], { x264Preset: 'slow', canToneMap: false }), {
  sourcePath,
  tools,
  scratchFolder,
  signal: new AbortController().signal,
  onProgress: () => {},
  logger: quietLogger,
});
