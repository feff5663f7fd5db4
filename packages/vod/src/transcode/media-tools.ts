import { resolve } from 'node:path';
import { execa } from 'execa';
import type { EngineLogger } from './engine-logger.ts';
import { type Hardware, type HardwareSetting, probeHardware } from './hardware.ts';
import { createSandbox, probeSandbox, type Sandbox } from './sandbox.ts';

export interface ToolPaths {
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
  /** As ffmpeg prints it, e.g. `5.1.9-0+deb12u1`. */
  readonly version: string;
}

/** The two programs, what this build of them can do, and how they are confined. Made once per process start. */
export interface MediaTools extends ToolPaths {
  /** `-stats_period` came with ffmpeg 4.4; older builds refuse to start with it. */
  readonly hasStatsPeriod: boolean;
  /** True when HDR can be tone-mapped: the build has zimg. */
  readonly canToneMap: boolean;
  /** Names of the encoders in this build, e.g. `libsvtav1`. */
  readonly encoders: ReadonlySet<string>;
  readonly canDrawText: boolean;
  /** True when the build has librsvg. */
  readonly canDrawSvg: boolean;
  readonly sandbox: Sandbox;
  /** An ffmpeg that gets no further for this long is ended. Default 120 s. */
  readonly stallMs?: number;
  /** What makes H.264 instead of the processor; absent: nothing. */
  readonly hardware?: Hardware | undefined;
  /** The whole environment of the child processes: nothing of ours leaks into a program that reads hostile files. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface PrepareOptions {
  readonly logger: EngineLogger;
  /** The value of PATH, to find the wrappers (nice, prlimit, unshare, setpriv). */
  readonly searchPath: string;
  readonly stallMs?: number;
  /** Default off. */
  readonly hardware?: HardwareSetting;
}

/** Looks once at what the programs can do and which protections work here. Throws when ffmpeg does not start. */
export async function prepareMediaTools(paths: ToolPaths, options: PrepareOptions): Promise<MediaTools> {
  const ffmpegPath = toProgram(paths.ffmpegPath);
  const environment = { PATH: options.searchPath, LC_ALL: 'C', AV_LOG_FORCE_NOCOLOR: '1' };
  const ask = async (...args: string[]): Promise<string> => {
    const result = await execa(ffmpegPath, ['-hide_banner', ...args], { extendEnv: false, env: environment });
    return result.stdout;
  };
  const isTaken = (...args: string[]): Promise<boolean> =>
    ask(...args, '-version').then(
      () => true,
      () => false,
    );
  const [hasStatsPeriod, filters, encoders, decoders, sandbox] = await Promise.all([
    isTaken('-stats_period', '1'),
    ask('-filters'),
    ask('-encoders'),
    ask('-decoders'),
    probeSandbox({ command: [ffmpegPath, '-version'], environment, logger: options.logger }),
  ]);
  const encoderNames = new Set(
    [...encoders.matchAll(/^ [VAS][A-Z.]{5} (\S+)/gm)].map(([, name = '']) => name),
  );
  const hardware = await probeHardware(options.hardware ?? 'off', {
    ffmpegPath,
    encoders: encoderNames,
    environment,
    sandbox,
    logger: options.logger,
  });
  const tools: MediaTools = {
    ffmpegPath,
    ffprobePath: toProgram(paths.ffprobePath),
    version: paths.version,
    hasStatsPeriod,
    canToneMap: /\szscale\s/.test(filters) && /\stonemap\s/.test(filters),
    encoders: encoderNames,
    canDrawText: /\sdrawtext\s/.test(filters),
    canDrawSvg: /\slibrsvg\s/.test(decoders),
    sandbox,
    hardware,
    ...(options.stallMs === undefined ? {} : { stallMs: options.stallMs }),
    environment,
  };
  options.logger.info(
    { version: tools.version, protections: sandbox.layers, hardware },
    'media tools are ready',
  );
  return tools;
}

/** Runs have a working directory of their own, so a path must be absolute; a bare name is looked up on the search path. */
function toProgram(path: string): string {
  return path.includes('/') ? resolve(path) : path;
}

/** The same programs, whose share of the processor follows the task's priority from -10 to 10. On Linux ten steps are seven times as much. */
export function withPriority(tools: MediaTools, priority: number): MediaTools {
  return { ...tools, sandbox: createSandbox(tools.sandbox.layers, 10 - Math.round(priority * 0.9)) };
}
