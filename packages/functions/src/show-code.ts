import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CodeStore } from './code-store.ts';
import type { DeployedFunction } from './function-store.ts';
import { toHandlerPath } from './handler-path.ts';
import { HANDLER_EXTENSIONS, toRuntimeKind } from './runtime-kind.ts';
import { isWebFunction, WEB_BOOTSTRAP } from './web-function.ts';

/** As in the cloud, which shows larger code to nobody. */
const MAX_SHOWN_BYTES = 1024 * 1024;

/** The text of the file that holds a function's handler; empty when there is none, or too much of it. */
export async function showCode(code: CodeStore, fn: DeployedFunction): Promise<string> {
  if (fn.codeKey === '') return '';
  const folder = code.folderOf(fn.codeKey);
  for (const name of toEntryNames(fn)) {
    const path = join(folder, name);
    const bytes = await stat(path).then(
      ({ size }) => size,
      () => undefined,
    );
    if (bytes !== undefined) return bytes <= MAX_SHOWN_BYTES ? await readFile(path, 'utf8') : '';
  }
  return '';
}

function toEntryNames(fn: DeployedFunction): string[] {
  if (isWebFunction(fn)) return [WEB_BOOTSTRAP];
  const { file } = toHandlerPath(fn.handler);
  return HANDLER_EXTENSIONS[toRuntimeKind(fn.runtime) ?? 'node'].map((extension) => file + extension);
}
