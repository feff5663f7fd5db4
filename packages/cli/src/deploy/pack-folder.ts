import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, matchesGlob, relative, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { StartupError, systemErrorCode } from '@vodstack/platform';
import { ZipFile } from 'yazl';

/** A file of a code package: its path there, with slashes. */
export interface PackedFile {
  readonly path: string;
  readonly bytes: Buffer;
  readonly isExecutable: boolean;
}

export interface PackOptions {
  readonly folder: string;
  /** Globs or folder names below the folder. */
  readonly exclude: readonly string[];
  readonly handler: string;
  readonly runtime: string;
  readonly type?: 'Event' | 'HTTP';
  /** What starts a web function that brings no scf_bootstrap along. */
  readonly entryFile?: string | undefined;
}

/** The most that CreateFunction takes, before it is encoded. */
const MAX_ZIP_BYTES = 50 * 1024 * 1024;
/** The function service's limit for what is unpacked. */
const MAX_FILES_BYTES = 500 * 1024 * 1024;
/** Not part of a function, and partly secret. */
const NEVER_PACKED = new Set(['.git', '.vodstack', '.serverless', '.env', '.DS_Store', '__pycache__']);
const MANIFESTS = new Set(['serverless.yml', 'serverless.yaml']);

/**
 * The code package of a folder. A handler in TypeScript is bundled, with all that it imports, into one CommonJS file.
 * @throws StartupError when the folder or the handler's file is not there, or when there is too much
 */
export async function packFolder(options: PackOptions): Promise<PackedFile[]> {
  const root = await openFolder(options.folder);
  const paths = await listFiles(root, options.exclude);
  if (options.type === 'HTTP') return await packWebFunction(root, paths, options);
  const entry = findTypeScriptEntry(paths, options);
  if (entry === undefined) {
    assertHandlerFile(paths, options);
    return await readFiles(root, paths);
  }
  // What it needs of node_modules is in the bundle.
  const rest = paths.filter((path) => !/(?:^|\/)node_modules\/|\.[cm]?tsx?$/u.test(path));
  const bundle = await bundleEntry(join(root, entry));
  const file = `${entry.replace(/\.[cm]?tsx?$/u, '')}.js`;
  return [...(await readFiles(root, rest)), { path: file, bytes: bundle, isExecutable: false }];
}

const BOOTSTRAP = 'scf_bootstrap';

/** With line ends as the cloud needs them, and executable, whatever system it was written on. */
async function packWebFunction(
  root: string,
  paths: readonly string[],
  options: PackOptions,
): Promise<PackedFile[]> {
  const files = await readFiles(
    root,
    paths.filter((path) => path !== BOOTSTRAP),
  );
  const bootstrap = paths.includes(BOOTSTRAP)
    ? (await readFile(join(root, BOOTSTRAP))).toString('latin1')
    : suggestBootstrap(paths, options);
  // An executable of its own has no line ends.
  const text = bootstrap.startsWith('#!') ? bootstrap.replaceAll('\r\n', '\n') : bootstrap;
  return [...files, { path: BOOTSTRAP, bytes: Buffer.from(text, 'latin1'), isExecutable: true }];
}

function suggestBootstrap(
  paths: readonly string[],
  { folder, runtime, entryFile = 'app.js' }: PackOptions,
): string {
  const major = /^Nodejs(?<major>\d+)/iu.exec(runtime)?.groups?.['major'];
  if (major === undefined || !paths.includes(entryFile) || !/^[\w./-]+$/u.test(entryFile)) {
    throw new StartupError(
      `The web function needs the file ${BOOTSTRAP} in ${folder}, which starts its server on port 9000; or inputs.entryFile, with the runtime Nodejs*, for a file that Node is to start.`,
    );
  }
  return `#!/bin/bash\nexport PORT=9000\nexec /var/lang/node${major}/bin/node ${entryFile}\n`;
}

/** The zip file of a package. The same files give the same bytes. */
export async function zipFiles(files: readonly PackedFile[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const { path, bytes, isExecutable } of files) {
    zip.addBuffer(bytes, path, { mtime: new Date(0), mode: isExecutable ? 0o100755 : 0o100644 });
  }
  zip.end();
  const bytes = await buffer(zip.outputStream);
  if (bytes.length <= MAX_ZIP_BYTES) return bytes;
  throw new StartupError(
    `The code package has ${toMb(bytes.length)} MB, at most 50 MB are allowed: leave files out with inputs.src.exclude.`,
  );
}

async function openFolder(folder: string): Promise<string> {
  try {
    const root = await realpath(folder);
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
  throw new StartupError(`There is no folder ${folder}: expected one that holds the function's code.`);
}

async function listFiles(root: string, exclude: readonly string[]): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths: string[] = [];
  for (const entry of entries) {
    const path = relative(root, join(entry.parentPath, entry.name)).split(sep).join('/');
    if (isLeftOut(path, exclude)) continue;
    if (entry.isFile() || (entry.isSymbolicLink() && (await pointsIntoFolder(root, path)))) paths.push(path);
  }
  return paths.toSorted();
}

function isLeftOut(path: string, exclude: readonly string[]): boolean {
  if (MANIFESTS.has(path) || path.split('/').some((part) => NEVER_PACKED.has(part))) return true;
  return exclude.some((pattern) => {
    const plain = pattern.replace(/^\.\//u, '').replace(/\/(?:\*\*)?$/u, '');
    return path === plain || path.startsWith(`${plain}/`) || matchesGlob(path, pattern);
  });
}

/** A link that leads out of the folder would put files of this machine into the package. */
async function pointsIntoFolder(root: string, path: string): Promise<boolean> {
  try {
    const target = await realpath(join(root, path));
    return target.startsWith(root + sep) && (await stat(target)).isFile();
  } catch {
    return false;
  }
}

async function readFiles(root: string, paths: readonly string[]): Promise<PackedFile[]> {
  const files: PackedFile[] = [];
  let size = 0;
  for (const path of paths) {
    const place = join(root, path);
    const info = await stat(place);
    size += info.size;
    if (size > MAX_FILES_BYTES) {
      throw new StartupError(
        `The folder ${root} has more than 500 MB: leave files out with inputs.src.exclude.`,
      );
    }
    files.push({ path, bytes: await readFile(place), isExecutable: (info.mode & 0o111) !== 0 });
  }
  return files;
}

const handlerFile = (handler: string): string => handler.replace(/\.[^./]*$/u, '');

function findTypeScriptEntry(
  paths: readonly string[],
  { handler, runtime }: PackOptions,
): string | undefined {
  if (!/^Nodejs/iu.test(runtime)) return undefined;
  const base = handlerFile(handler);
  const known = new Set(paths);
  if (['.js', '.cjs', '.mjs'].some((extension) => known.has(base + extension))) return undefined;
  return ['.ts', '.mts', '.cts', '.tsx'].map((extension) => base + extension).find((path) => known.has(path));
}

async function bundleEntry(entry: string): Promise<Buffer> {
  // Takes as long to load as the rest of the command: only where there is something to bundle.
  const { bundleFunction } = await import('@vodstack/server');
  try {
    return Buffer.from(await bundleFunction(entry));
  } catch (error) {
    throw new StartupError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

const EXTENSIONS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^Nodejs/iu, ['.js', '.cjs', '.mjs', '.ts']],
  [/^Python/iu, ['.py']],
  [/^Php/iu, ['.php']],
];

/** The best-known mistake, told before anything is sent: the file is not there, or lies in a folder of its own. */
function assertHandlerFile(paths: readonly string[], { folder, handler, runtime }: PackOptions): void {
  const extensions = EXTENSIONS.find(([name]) => name.test(runtime))?.[1];
  if (!extensions) return;
  const wanted = extensions.map((extension) => handlerFile(handler) + extension);
  if (wanted.some((path) => paths.includes(path))) return;
  const deeper = paths.find((path) => wanted.some((each) => path.endsWith(`/${each}`)));
  throw new StartupError(
    `The handler ${handler} needs the file ${wanted.join(' or ')} in ${folder}: ${
      deeper === undefined
        ? 'there is none. Correct inputs.handler or inputs.src.'
        : `it is in a folder below, ${deeper}. Give inputs.src that folder.`
    }`,
  );
}

const toMb = (bytes: number): string => (bytes / (1024 * 1024)).toFixed(1);
