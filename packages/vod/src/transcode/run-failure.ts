import { basename } from 'node:path';
import { MediaError } from './media-error.ts';
import type { MediaProcessResult } from './media-process.ts';

interface Pattern {
  readonly pattern: RegExp;
  readonly error: (line: string) => MediaError;
}

/** In order of weight: a full disk also makes the muxer complain, a failed allocation also makes the decoder complain. */
const MACHINE_PATTERNS: readonly Pattern[] = [
  {
    pattern: /No space left on device|Disk quota exceeded/,
    error: () => new MediaError('InternalError', 'no space left on the disk'),
  },
  {
    pattern: /File too large/,
    error: () => new MediaError('InvalidInput.ResultFileSizeTooLarge', 'the result grew past its size limit'),
  },
  {
    pattern:
      /Cannot allocate memory|malloc of size \d+ failed|get_buffer\(\) failed|Resource temporarily unavailable/,
    error: () => new MediaError('InternalError', 'ffmpeg ran out of the memory it may use'),
  },
];

const SOURCE_PATTERNS: readonly Pattern[] = [
  {
    pattern:
      /Decoder .*not found|Unknown decoder|no decoder found|not implemented|Format not on whitelist|exceeds specified max pixel count/i,
    error: (line) =>
      new MediaError('SourceFileError.ContentUnsupported', `the source cannot be decoded: ${line}`),
  },
  {
    pattern:
      /Invalid data found|Error while decoding|could not find codec parameters|moov atom not found|Finishing stream .* without any data|Cannot determine format of input|partial file/i,
    error: (line) =>
      new MediaError('SourceFileError.ContentMalformed', `the source cannot be decoded: ${line}`),
  },
];

/** What a run that did not end well means. */
export function describeRunFailure(result: MediaProcessResult, privatePaths: readonly string[]): MediaError {
  if (result.startError !== '') return new MediaError('InternalError', 'ffmpeg cannot be started');
  if (result.signal === 'SIGXFSZ') {
    return new MediaError('InvalidInput.ResultFileSizeTooLarge', 'the result grew past its size limit');
  }
  const lines = result.stderr.map((line) => stripPaths(line, privatePaths));
  const how = result.signal === undefined ? `exit code ${result.exitCode}` : `signal ${result.signal}`;
  return (
    match(lines, [...MACHINE_PATTERNS, ...SOURCE_PATTERNS]) ??
    new MediaError('InternalError', `ffmpeg failed (${how}): ${lines.at(-1) ?? 'without a message'}`)
  );
}

/** The machine's own trouble (disk, memory) in the messages of a run that claims to have ended well; null when there is none. */
export function findMachineTrouble(result: MediaProcessResult): MediaError | null {
  return match(result.stderr, MACHINE_PATTERNS);
}

function match(lines: readonly string[], patterns: readonly Pattern[]): MediaError | null {
  for (const { pattern, error } of patterns) {
    const line = lines.find((candidate) => pattern.test(candidate));
    if (line !== undefined) return error(line);
  }
  return null;
}

/** Messages reach users: the machine's folders do not. */
export function stripPaths(line: string, privatePaths: readonly string[]): string {
  const known = privatePaths.reduce((text, path) => text.replaceAll(path, basename(path)), line);
  return known
    .replaceAll(/(?:file:)?(?:\/[\w.@%+~-]+)+\/([\w.@%+~-]+)/g, '$1')
    .replace(/^(?:\[[^\]]* @ 0x[0-9a-f]+\] ?)+/, '')
    .slice(0, 300);
}
