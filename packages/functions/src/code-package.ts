import { buffer } from 'node:stream/consumers';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { MAX_CODE_BYTES, toCodeFiles, type CodeFile } from './code-files.ts';
import { FunctionError } from './function-error.ts';

const S_IFMT = 0o170_000;
const S_IFLNK = 0o120_000;
/** Refused as soon as seen: a central directory of 50 MB can name half a million files. */
const MAX_ENTRIES = 50_000;

/**
 * Decodes `Code.ZipFile`.
 *
 * @throws FunctionError InvalidParameterValue.ZipFileBase64BinasciiError
 */
export function decodeZip(base64: string, maxBytes: number): Buffer {
  const text = base64.replaceAll(/\s/gu, '');
  if (text === '' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/u.test(text)) {
    throw new FunctionError(
      'InvalidParameterValue.ZipFileBase64BinasciiError',
      'The code package must be a zip file in base64, and this is not base64: incorrect padding or characters.',
    );
  }
  const zip = Buffer.from(text, 'base64');
  if (zip.length <= maxBytes) return zip;
  throw new FunctionError(
    'InvalidParameterValue.ZipFile',
    `The zip file may have ${maxBytes / 1024 / 1024} MB here, got ${zip.length} bytes.`,
  );
}

/**
 * Reads a zip file's list of files; their content only when it is asked for, one at a time.
 *
 * @throws FunctionError InvalidParameterValue.ZipFile when it is none, when a path leads out of it, when it holds
 *   links or an encrypted file; InvalidParameterValue.Code when it says itself that it is too large
 */
export async function readCodePackage(zip: Buffer): Promise<CodeFile[]> {
  try {
    // Stops reading at once when a file is larger than the zip said.
    const opened = await fromBufferPromise(zip, { lazyEntries: true, validateEntrySizes: true });
    const files: CodeFile[] = [];
    for await (const entry of opened.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      files.push(toCodeFile(opened, entry));
      if (files.length > MAX_ENTRIES) throw notAZip(`it holds more than ${MAX_ENTRIES} files`);
    }
    assertDistinct(files);
    return toCodeFiles(files);
  } catch (error) {
    if (error instanceof FunctionError) throw error;
    throw notAZip(error instanceof Error ? error.message : String(error));
  }
}

function notAZip(reason: string): FunctionError {
  return new FunctionError(
    'InvalidParameterValue.ZipFile',
    `The code package must be a zip file that can be unpacked: ${reason.slice(0, 200)}.`,
  );
}

function toCodeFile(zip: ZipFile, entry: Entry): CodeFile {
  const { fileName: path, uncompressedSize } = entry;
  if (((entry.externalFileAttributes >>> 16) & S_IFMT) === S_IFLNK) {
    throw notAZip(`${JSON.stringify(path)} is a symbolic link; pack the file itself (zip without -y)`);
  }
  if (!entry.canDecodeFileData())
    throw notAZip(`${JSON.stringify(path)} is encrypted or packed in an unknown way`);
  if (uncompressedSize > MAX_CODE_BYTES) {
    throw new FunctionError(
      'InvalidParameterValue.Code',
      `The code package holds ${JSON.stringify(path)} of ${uncompressedSize} bytes, at most ${MAX_CODE_BYTES} are allowed.`,
    );
  }
  return { path, sizeBytes: uncompressedSize, read: () => unpack(zip, entry) };
}

async function unpack(zip: ZipFile, entry: Entry): Promise<Buffer> {
  try {
    return await buffer(await zip.openReadStreamPromise(entry));
  } catch (error) {
    throw notAZip(error instanceof Error ? error.message : String(error));
  }
}

function assertDistinct(files: readonly CodeFile[]): void {
  const paths = new Set<string>();
  for (const { path } of files) {
    if (paths.has(path)) throw notAZip(`it holds ${JSON.stringify(path)} twice`);
    paths.add(path);
  }
}
