import { type Config, findMediaTools, type Logger } from '@vodstack/platform';
import { prepareMediaTools, type VodContext } from '@vodstack/vod';

/** Where ffmpeg was found, in words. */
const FFMPEG_SOURCES = { configured: 'FFMPEG_PATH', path: 'from PATH', npm: 'from npm' } as const;

/** Finds ffmpeg and looks at what it can do. */
export async function openMediaTools(
  config: Config,
  logger: Logger,
): Promise<{ tools: VodContext['tools']; description: string }> {
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
