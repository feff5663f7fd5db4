import { open, readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { FunctionError } from './function-error.ts';

/** What of a deployed package can be looked at. */
export interface CodeView {
  readonly files: readonly CodeFileInfo[];
  /** Whether there are more files than are listed. */
  readonly isCut: boolean;
}

export interface CodeFileInfo {
  /** With `/` between folders. */
  readonly path: string;
  readonly sizeBytes: number;
}

export interface CodeFileText extends CodeFileInfo {
  /** The beginning, in whole characters; null for a file that is no UTF-8 text. */
  readonly text: string | null;
  readonly isCut: boolean;
}

const MAX_FILES = 2000;
const MAX_TEXT_BYTES = 256 * 1024;

/** The files of a package, in order of path: those near the top first when there are too many. */
export async function listCode(folder: string): Promise<CodeView> {
  const paths = await findPaths(folder);
  const byDepth = paths.toSorted((a, b) => depthOf(a) - depthOf(b) || (a < b ? -1 : 1));
  const listed = byDepth.slice(0, MAX_FILES).toSorted((a, b) => (a < b ? -1 : 1));
  const files = await Promise.all(
    listed.map(async (path) => ({ path, sizeBytes: (await stat(join(folder, path))).size })),
  );
  return { files, isCut: paths.length > listed.length };
}

/** @throws FunctionError InvalidParameterValue.Code when the package has no such file */
export async function readCodeFile(folder: string, wanted: string): Promise<CodeFileText> {
  // Looked up among the files that are there: no text of a user becomes a path.
  const path = (await findPaths(folder)).find((each) => each === wanted);
  if (path === undefined) {
    throw new FunctionError(
      'InvalidParameterValue.Code',
      `The package has no file ${JSON.stringify(wanted.slice(0, 200))}.`,
    );
  }
  await using file = await open(join(folder, path), 'r');
  const { size: sizeBytes } = await file.stat();
  const buffer = Buffer.alloc(Math.min(sizeBytes, MAX_TEXT_BYTES));
  await file.read(buffer, 0, buffer.length, 0);
  const isCut = sizeBytes > buffer.length;
  return { path, sizeBytes, isCut, text: toText(buffer, isCut) };
}

async function findPaths(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'));
}

function depthOf(path: string): number {
  return path.split('/').length;
}

function toText(bytes: Buffer, isCut: boolean): string | null {
  if (bytes.includes(0)) return null;
  try {
    // A stream: half a character at the cut is left out, and is no error.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
  } catch {
    return null;
  }
}
