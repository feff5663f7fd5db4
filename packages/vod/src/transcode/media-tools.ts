import { access, chmod, constants, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { execa } from 'execa';
import type { EngineLogger } from './engine-logger.ts';
import { probeSandbox, type Sandbox } from './sandbox.ts';

export interface ToolPaths {
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
}

/** The two programs, what this build of them can do, and how they are confined. Made once per process start. */
export interface MediaTools extends ToolPaths {
  /** As the program prints it, e.g. `5.1.9-0+deb12u1`. */
  readonly version: string;
  /** `-stats_period` came with ffmpeg 4.4; older builds refuse to start with it. */
  readonly hasStatsPeriod: boolean;
  /** True when HDR can be tone-mapped: the build has zimg. */
  readonly canToneMap: boolean;
  readonly sandbox: Sandbox;
  /** The whole environment of the child processes: nothing of ours leaks into a program that reads hostile files. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface PrepareOptions {
  readonly logger: EngineLogger;
  /** The value of PATH, to find the wrappers (nice, prlimit, unshare, setpriv). */
  readonly searchPath: string;
}

/** Looks once at what the programs can do and which protections work here. Throws when ffmpeg does not start. */
export async function prepareMediaTools(paths: ToolPaths, options: PrepareOptions): Promise<MediaTools> {
  const ffmpegPath = toProgram(paths.ffmpegPath);
  const environment = { PATH: options.searchPath, LC_ALL: 'C', AV_LOG_FORCE_NOCOLOR: '1' };
  const ask = async (...args: string[]): Promise<string> => {
    const result = await execa(ffmpegPath, ['-hide_banner', ...args], { extendEnv: false, env: environment });
    return result.stdout;
  };
  const [banner, help, filters, sandbox] = await Promise.all([
    ask('-version'),
    ask('-h', 'long'),
    ask('-filters'),
    probeSandbox({ command: [ffmpegPath, '-version'], environment, logger: options.logger }),
  ]);
  const tools: MediaTools = {
    ffmpegPath,
    ffprobePath: toProgram(paths.ffprobePath),
    version: /version (\S+)/.exec(banner)?.[1] ?? 'unknown',
    hasStatsPeriod: help.includes('stats_period'),
    canToneMap: /\szscale\s/.test(filters) && /\stonemap\s/.test(filters),
    sandbox,
    environment,
  };
  options.logger.info({ version: tools.version, protections: sandbox.layers }, 'media tools are ready');
  return tools;
}

/** Runs have a working directory of their own, so a path must be absolute; a bare name is looked up on the search path. */
function toProgram(path: string): string {
  return path.includes('/') ? resolve(path) : path;
}

export interface FindOptions {
  /** Set by the operator: taken as they are, never searched for. */
  readonly ffmpegPath?: string | undefined;
  readonly ffprobePath?: string | undefined;
  /** The value of PATH. */
  readonly searchPath: string;
  /** The node_modules folder that may hold the optional installer packages. */
  readonly nodeModules?: string | undefined;
}

/**
 * Order: the operator's paths, then PATH, then the npm packages (an ffmpeg of 2018: kept for machines without a package manager,
 * and the reason why the sandbox matters). Throws an Error that says how to install ffmpeg.
 */
export async function findMediaTools(options: FindOptions): Promise<ToolPaths> {
  const [ffmpegPath, ffprobePath] = await Promise.all([
    options.ffmpegPath ?? findProgram('ffmpeg', options),
    options.ffprobePath ?? findProgram('ffprobe', options),
  ]);
  if (ffmpegPath !== undefined && ffprobePath !== undefined) return { ffmpegPath, ffprobePath };
  const missing = ffmpegPath === undefined ? 'ffmpeg' : 'ffprobe';
  throw new Error(
    `${missing} was not found on PATH; install it (Debian, Ubuntu: apt-get install ffmpeg) or set its path`,
  );
}

async function findProgram(name: string, options: FindOptions): Promise<string | undefined> {
  const folders = options.searchPath.split(delimiter).filter((folder) => folder !== '');
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  if (options.nodeModules === undefined) return undefined;
  const target = `${process.platform}-${process.arch}`;
  const packaged = join(options.nodeModules, `@${name}-installer`, target, name);
  return (await makeExecutable(packaged)) ? packaged : undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** The ffprobe package ships its binary with mode 644 and repairs that in an install script, which npm may not have run. */
async function makeExecutable(path: string): Promise<boolean> {
  if (await isExecutable(path)) return true;
  await chmod(path, 0o755).catch(() => undefined);
  return isExecutable(path);
}
