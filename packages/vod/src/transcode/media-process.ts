import { execa } from 'execa';
import type { MediaTools } from './media-tools.ts';
import type { SandboxLimits } from './sandbox.ts';
import { createTextTail } from './text-tail.ts';

export interface MediaProcessOptions {
  readonly tools: MediaTools;
  readonly cwd: string;
  readonly limits: SandboxLimits;
  /** Aborting sends SIGTERM to the process group, then SIGKILL after `killGraceMs`. */
  readonly signal: AbortSignal;
  readonly killGraceMs: number;
  readonly onOutput: (text: string) => void;
}

export interface MediaProcessResult {
  /** Undefined when a signal ended the process. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** What kept the process from starting, in the system's words; empty when it started. */
  readonly startError: string;
  /** The last lines of stderr. */
  readonly stderr: readonly string[];
}

/** Runs ffmpeg or ffprobe in the sandbox, with no input and a bounded memory of its messages. Never rejects: the caller judges the result. */
export async function runMediaProcess(
  command: readonly string[],
  options: MediaProcessOptions,
): Promise<MediaProcessResult> {
  const { tools } = options;
  const [file = '', ...args] = tools.sandbox.wrap(command, options.limits);
  const subprocess = execa(file, args, {
    cwd: options.cwd,
    env: tools.environment,
    extendEnv: false,
    stdin: 'ignore',
    buffer: false,
    reject: false,
    // Also puts the child into a process group of its own, so that a terminal's Ctrl-C does not reach it before us.
    killDescendants: true,
    cancelSignal: options.signal,
    forceKillAfterDelay: options.killGraceMs,
  });
  const tail = createTextTail(30);
  subprocess.stdout.setEncoding('utf8').on('data', options.onOutput);
  subprocess.stderr.setEncoding('utf8').on('data', (text: string) => tail.push(text));
  const result = await subprocess;
  const isStarted = subprocess.pid !== undefined;
  return {
    exitCode: result.exitCode,
    signal: result.signal,
    startError: isStarted || options.signal.aborted ? '' : (result.originalMessage ?? 'unknown reason'),
    stderr: tail.lines(),
  };
}
