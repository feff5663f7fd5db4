import { chmod } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { execa } from 'execa';
import { StartupError } from './errors.ts';

/** The two programs that do all work on media. */
export interface MediaTools {
  ffmpegPath: string;
  ffprobePath: string;
  /** ffmpeg's own words, e.g. `5.1.9-0+deb12u1`. */
  version: string;
  source: MediaToolSource;
}

/** Where ffmpeg was found. */
export type MediaToolSource = 'configured' | 'path' | 'npm';

/** No usable ffmpeg or ffprobe; the message says how to get one. */
export class MissingToolError extends StartupError {
  override readonly name: string = 'MissingToolError';
}

type Tool = 'ffmpeg' | 'ffprobe';

interface Candidate {
  path: string;
  source: MediaToolSource;
}

interface FoundTool extends Candidate {
  version: string;
}

const PROBE_TIMEOUT_MS = 20_000;

/**
 * Finds ffmpeg and ffprobe: the configured path, then PATH, then the npm packages that ship the binary.
 * Each is run once with `-version`; a configured path that does not run is an error, not a reason to look elsewhere.
 *
 * @throws MissingToolError
 */
export async function findMediaTools(
  configured: { ffmpegPath?: string | undefined; ffprobePath?: string | undefined } = {},
): Promise<MediaTools> {
  const [ffmpeg, ffprobe] = await Promise.all([
    findTool('ffmpeg', configured.ffmpegPath),
    findTool('ffprobe', configured.ffprobePath),
  ]);
  return {
    ffmpegPath: ffmpeg.path,
    ffprobePath: ffprobe.path,
    version: ffmpeg.version,
    source: ffmpeg.source,
  };
}

async function findTool(tool: Tool, configuredPath: string | undefined): Promise<FoundTool> {
  for (const candidate of toCandidates(tool, configuredPath)) {
    const version = await probe(tool, candidate);
    if (version !== null) return { ...candidate, version };
  }
  throw new MissingToolError(explainMissing(tool, configuredPath));
}

function toCandidates(tool: Tool, configuredPath: string | undefined): Candidate[] {
  if (configuredPath !== undefined) return [{ path: configuredPath, source: 'configured' }];
  const packaged = resolvePackaged(tool);
  const onPath: Candidate = { path: tool, source: 'path' };
  return packaged === null ? [onPath] : [onPath, { path: packaged, source: 'npm' }];
}

/** The binary inside `@ffmpeg-installer/<platform>-<arch>`, or null: optional packages may be absent. */
function resolvePackaged(tool: Tool): string | null {
  const require = createRequire(import.meta.url);
  try {
    // The platform package is a dependency of the installer package, so it is looked for from there.
    const installer = require.resolve(`@${tool}-installer/${tool}/package.json`);
    const file = process.platform === 'win32' ? `${tool}.exe` : tool;
    return createRequire(installer).resolve(`@${tool}-installer/${process.platform}-${process.arch}/${file}`);
  } catch {
    return null;
  }
}

/** The version when the candidate runs, else null. */
async function probe(tool: Tool, { path, source }: Candidate): Promise<string | null> {
  if (source === 'npm') await makeExecutable(path);
  const { stdout, failed } = await execa(path, ['-version'], {
    reject: false,
    timeout: PROBE_TIMEOUT_MS,
    stdin: 'ignore',
  });
  const version = new RegExp(`^${tool} version (\\S+)`).exec(stdout)?.[1];
  return failed ? null : (version ?? null);
}

/** The tarball of ffprobe carries no x bit; without leave to set it the probe that follows fails and says so. */
async function makeExecutable(path: string): Promise<void> {
  await chmod(path, 0o755).catch(() => undefined);
}

function explainMissing(tool: Tool, configuredPath: string | undefined): string {
  const variable = `${tool.toUpperCase()}_PATH`;
  if (configuredPath !== undefined) {
    return `${variable} is ${configuredPath}, which does not run as ${tool}: correct it, or unset it to search PATH.`;
  }
  return `No working ${tool} was found: install it (Debian: apt-get install -y --no-install-recommends ffmpeg; macOS: brew install ffmpeg) or set ${variable}.`;
}
