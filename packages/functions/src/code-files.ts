import { createHash } from 'node:crypto';
import { FunctionError } from './function-error.ts';
import type { FunctionConfig } from './function-config.ts';
import { toHandlerPath } from './handler-path.ts';
import { HANDLER_EXTENSIONS, toRuntimeKind } from './runtime-kind.ts';
import { isWebFunction, WEB_BOOTSTRAP } from './web-function.ts';

/** A code package: relative path (`/` between folders) → content. */
export type CodeFiles = Record<string, Uint8Array | string>;

export interface CodeFile {
  /** Checked: relative, no `.`, `..` or empty segment, no backslash, no control character. */
  path: string;
  sizeBytes: number;
  /** The content; a file of a zip is unpacked here. @throws FunctionError when it cannot be */
  read(): Promise<Buffer>;
}

export const MAX_CODE_BYTES: number = 500 * 1024 * 1024;
/** Ours: the cloud names none. */
const MAX_FILES = 20_000;

type Handled = Pick<FunctionConfig, 'handler' | 'runtime' | 'details'>;

/**
 * Checks a code package and puts it in order of path.
 *
 * @throws FunctionError InvalidParameterValue.Code for a path that could escape or collide, or a package over the
 *   limits; InvalidParameterValue.Handler when the handler's file is not in it
 */
export function parseCodeFiles(files: CodeFiles, config: Handled): CodeFile[] {
  const parsed = toCodeFiles(
    Object.entries(files).map(([path, content]) => {
      const bytes = toBuffer(content);
      return { path, sizeBytes: bytes.length, read: async () => bytes };
    }),
  );
  assertHandlerFile(parsed, config);
  return parsed;
}

/** Checks the paths and the sizes, and puts the files in order of path. @throws FunctionError InvalidParameterValue.Code */
export function toCodeFiles(files: readonly CodeFile[]): CodeFile[] {
  for (const { path } of files) assertRelativePath(path);
  assertSize(files);
  assertNoCollision(new Set(files.map((file) => file.path)));
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function toBuffer(content: Uint8Array | string): Buffer {
  if (typeof content === 'string') return Buffer.from(content);
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
}

function assertRelativePath(path: string): void {
  const isSafe =
    path.length <= 1024 &&
    path
      .split('/')
      .every((part) => part !== '' && part !== '.' && part !== '..' && Buffer.byteLength(part) <= 255) &&
    // eslint-disable-next-line no-control-regex
    !/[\\\u0000-\u001f\u007f]|^[A-Za-z]:/u.test(path);
  if (isSafe) return;
  throw new FunctionError(
    'InvalidParameterValue.Code',
    `The path ${JSON.stringify(path)} in the code package must be relative and stay inside the package.`,
  );
}

function assertSize(files: readonly CodeFile[]): void {
  const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
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

/** @throws FunctionError InvalidParameterValue.Handler when the package has no file that the handler can be in */
export function assertHandlerFile(files: readonly CodeFile[], handled: Handled): void {
  if (isWebFunction(handled)) return assertWebBootstrap(files);
  const { handler, runtime } = handled;
  const { file } = toHandlerPath(handler);
  const candidates = HANDLER_EXTENSIONS[toRuntimeKind(runtime) ?? 'node'].map(
    (extension) => file + extension,
  );
  if (files.some(({ path }) => candidates.includes(path))) return;
  const inner = files.find(({ path }) => candidates.some((candidate) => path.endsWith(`/${candidate}`)));
  const advice = inner ? ` It must be at the top: pack the content of the folder, not the folder.` : '';
  throw new FunctionError(
    'InvalidParameterValue.Handler',
    `The handler "${handler}" needs one of ${candidates.join(', ')} in the code package; it holds ${listPaths(inner ? [inner] : files)}.${advice}`,
  );
}

function assertWebBootstrap(files: readonly CodeFile[]): void {
  if (files.some(({ path }) => path === WEB_BOOTSTRAP)) return;
  throw new FunctionError(
    'InvalidParameterValue.Handler',
    `A web function needs the file ${WEB_BOOTSTRAP} at the top of its package; it holds ${listPaths(files)}.`,
  );
}

function listPaths(files: readonly CodeFile[]): string {
  const shown = files.slice(0, 5).map(({ path }) => path);
  if (files.length > shown.length) shown.push('…');
  return shown.length === 0 ? 'no file' : shown.join(', ');
}

/** One hash over all paths and contents, in order of path. Lengths are part of it, so that no two packages read the same. */
export function createCodeHash(): { add(path: string, bytes: Buffer): void; toHex(): string } {
  const hash = createHash('sha256');
  return {
    add(path, bytes) {
      hash.update(`${Buffer.byteLength(path)}:${path}:${bytes.length}:`).update(bytes);
    },
    toHex: () => hash.digest('hex'),
  };
}

export async function hashCodeFiles(files: readonly CodeFile[]): Promise<string> {
  const hash = createCodeHash();
  for (const file of files) hash.add(file.path, await file.read());
  return hash.toHex();
}
