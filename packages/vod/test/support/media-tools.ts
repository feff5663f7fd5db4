import { execa } from 'execa';
import { findMediaTools } from '@vodstack/platform';
import { prepareMediaTools, type MediaTools } from '../../src/transcode/index.ts';
import type { EngineLogger } from '../../src/transcode/engine-logger.ts';

export const quietLogger: EngineLogger = { debug: () => {}, info: () => {}, warn: () => {} };

/** ffmpeg as the machine has it. */
export async function useMediaTools(): Promise<MediaTools> {
  const searchPath = process.env['PATH'] ?? '';
  return prepareMediaTools(await findMediaTools(), { logger: quietLogger, searchPath });
}

/** Runs ffmpeg to make test material; throws with its messages when it fails. */
export async function runFfmpeg(tools: MediaTools, args: readonly string[]): Promise<void> {
  await execa(tools.ffmpegPath, ['-v', 'error', '-nostdin', '-y', ...args]);
}
