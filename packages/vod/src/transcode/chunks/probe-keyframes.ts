import { tmpdir } from 'node:os';
import { guardedInput } from '../input-guard.ts';
import { runMediaProcess } from '../media-process.ts';
import type { MediaTools } from '../media-tools.ts';
import { DEFAULT_SANDBOX_LIMITS } from '../sandbox.ts';
import type { SourceInfo } from '../source-info.ts';

const TIMEOUT_MS = 120_000;
/** A keyframe in each frame of a day of video would be two million. */
const MAX_KEYFRAMES = 200_000;

/**
 * Seconds of the source's keyframes from its beginning, by its packets: nothing is decoded. Those found so far when it takes long or
 * fails: fewer only make parts begin at worse places.
 * @throws the signal's reason when aborted
 */
export async function probeKeyframes(
  path: string,
  { video }: SourceInfo,
  { tools, signal }: { readonly tools: MediaTools; readonly signal: AbortSignal },
): Promise<number[]> {
  signal.throwIfAborted();
  if (video === null) return [];
  const found: number[] = [];
  let rest = '';
  const args = ['-v', 'error', '-select_streams', String(video.index), '-of', 'csv=p=0'];
  const shown = ['-show_entries', 'packet=pts_time,flags'];
  await runMediaProcess([tools.ffprobePath, ...args, ...shown, ...guardedInput(path)], {
    tools,
    cwd: tmpdir(),
    limits: DEFAULT_SANDBOX_LIMITS,
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    killGraceMs: 2000,
    onOutput: (text) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(-100);
      for (const line of lines) {
        const [, sec] = /^(-?[\d.]+),K/.exec(line) ?? [];
        if (sec !== undefined && found.length < MAX_KEYFRAMES) found.push(Number(sec));
      }
    },
  });
  signal.throwIfAborted();
  // The picture may begin later than the file does, and a file's own clock anywhere.
  const shift = video.startSec - (found[0] ?? 0);
  return found.map((sec) => sec + shift);
}
