import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, parseFunctionConfig, type FunctionConfig } from './config.ts';

/** Reads config.json from the first of the folders that has one. Throws ConfigError when there is none or it can't be used. */
export async function readFunctionConfig(folders: readonly string[]): Promise<FunctionConfig> {
  for (const folder of folders) {
    const text = await readIfPresent(join(folder, 'config.json'));
    if (text !== undefined) return parseFunctionConfig(parseText(text));
  }
  throw new ConfigError(
    `config.json: expected in ${folders.join(' or ')}, found in neither; put it beside index.js`,
  );
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    throw new ConfigError(`config.json: can't be read (${String(code)})`, { cause: error });
  }
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // The parser's own message quotes the text, which holds the secret key.
    throw new ConfigError(
      'config.json: expected JSON, got text that does not parse; look for a missing quote or comma',
    );
  }
}
