import { type Config, findMediaTools, type Logger } from '@vodstack/platform';
import { prepareMediaTools, type VodContext } from '@vodstack/vod';

/** Where ffmpeg was found, in words. */
const FFMPEG_SOURCES = { configured: 'FFMPEG_PATH', path: 'from PATH', npm: 'from npm' } as const;

export interface OpenedMediaTools {
  readonly tools: VodContext['tools'];
  readonly description: string;
}

type ToolConfig = Pick<Config, 'ffmpegPath' | 'ffprobePath' | 'searchPath' | 'stallSec' | 'hardware'>;

const opened = new Map<string, Promise<OpenedMediaTools>>();

/** Finds ffmpeg and looks at what it can do: once in a process, however many stacks a test suite starts in it. */
export function openMediaTools(config: ToolConfig, logger: Logger): Promise<OpenedMediaTools> {
  const { ffmpegPath, ffprobePath, searchPath, stallSec, hardware } = config;
  const key = JSON.stringify([ffmpegPath, ffprobePath, searchPath, stallSec, hardware]);
  const known = opened.get(key);
  if (known) return known;
  const opening = lookAtMediaTools(config, logger);
  opened.set(key, opening);
  opening.catch(() => opened.delete(key));
  return opening;
}

async function lookAtMediaTools(config: ToolConfig, logger: Logger): Promise<OpenedMediaTools> {
  const found = await findMediaTools(config);
  const tools = await prepareMediaTools(found, {
    logger,
    searchPath: config.searchPath,
    stallMs: config.stallSec * 1000,
    hardware: config.hardware,
  });
  const encoder = config.hardware === 'off' ? '' : `, encoding with ${tools.hardware ?? 'the processor'}`;
  return { tools, description: `ffmpeg ${found.version} (${FFMPEG_SOURCES[found.source]})${encoder}` };
}
