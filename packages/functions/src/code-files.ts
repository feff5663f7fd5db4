import { createHash } from 'node:crypto';
import { FunctionError } from './function-error.ts';
import type { FunctionConfig } from './function-config.ts';
import { toHandlerPath } from './handler-path.ts';
import { HANDLER_EXTENSIONS, toRuntimeKind } from './runtime-kind.ts';

/** A code package: relative path (`/` between folders) → content. */
export type CodeFiles = Record<string, Uint8Array | string>;

export interface CodeFile {
  /** Checked: relative, no `.`, `..` or empty segment, no backslash, no control character. */
  path: string;
  bytes: Buffer;
}

const MAX_CODE_BYTES = 500 * 1024 * 1024;
const MAX_FILES = 20_000;

/**
 * Checks a code package and puts it in order of path.
 *
 * @throws FunctionError InvalidParameterValue.Code for a path that could escape or collide, or a package over the
 *   limits; InvalidParameterValue.Handler when the handler's file is not in it
 */
export function parseCodeFiles(
  files: CodeFiles,
  config: Pick<FunctionConfig, 'handler' | 'runtime'>,
): CodeFile[] {
  const parsed = Object.entries(files)
    .map(([path, content]) => ({ path: parseRelativePath(path), bytes: toBuffer(content) }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  assertSize(parsed);
  assertNoCollision(new Set(parsed.map((file) => file.path)));
  assertHandlerFile(parsed, config);
  return parsed;
}

function toBuffer(content: Uint8Array | string): Buffer {
  if (typeof content === 'string') return Buffer.from(content);
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
}

function parseRelativePath(path: string): string {
  const isSafe =
    path.length <= 1024 &&
    path
      .split('/')
      .every((part) => part !== '' && part !== '.' && part !== '..' && Buffer.byteLength(part) <= 255) &&
    // eslint-disable-next-line no-control-regex
    !/[\\\u0000-\u001f\u007f]|^[A-Za-z]:/u.test(path);
  if (isSafe) return path;
  throw new FunctionError(
    'InvalidParameterValue.Code',
    `The path ${JSON.stringify(path)} in the code package must be relative and stay inside the package.`,
  );
}

function assertSize(files: readonly CodeFile[]): void {
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  if (files.length <= MAX_FILES && bytes <= MAX_CODE_BYTES) return;
  throw new FunctionError(
    'InvalidParameterValue.Code',
    `The code package holds ${files.length} files and ${bytes} bytes, at most ${MAX_FILES} files and ${MAX_CODE_BYTES} bytes are allowed.`,
  );
}

/** `a` and `a/b` cannot both be files. */
function assertNoCollision(paths: ReadonlySet<string>): void {
  for (const path of paths) {
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      if (paths.has(path.slice(0, end))) {
        throw new FunctionError(
          'InvalidParameterValue.Code',
          `The code package has both a file and a folder named "${path.slice(0, end)}".`,
        );
      }
    }
  }
}

function assertHandlerFile(
  files: readonly CodeFile[],
  { handler, runtime }: Pick<FunctionConfig, 'handler' | 'runtime'>,
): void {
  const { file } = toHandlerPath(handler);
  const candidates = HANDLER_EXTENSIONS[toRuntimeKind(runtime) ?? 'node'].map(
    (extension) => file + extension,
  );
  if (files.some(({ path }) => candidates.includes(path))) return;
  throw new FunctionError(
    'InvalidParameterValue.Handler',
    `The handler "${handler}" needs one of ${candidates.join(', ')} in the code package; it holds ${listPaths(files)}.`,
  );
}

function listPaths(files: readonly CodeFile[]): string {
  const shown = files.slice(0, 5).map(({ path }) => path);
  if (files.length > shown.length) shown.push('…');
  return shown.length === 0 ? 'no file' : shown.join(', ');
}

/** One hash over all paths and contents, hex. Lengths are part of it, so that no two packages read the same. */
export function hashCodeFiles(files: readonly CodeFile[]): string {
  const hash = createHash('sha256');
  for (const { path, bytes } of files) {
    hash.update(`${Buffer.byteLength(path)}:${path}:${bytes.length}:`).update(bytes);
  }
  return hash.digest('hex');
}
