import { type FileHandle, open } from 'node:fs/promises';

/** What a part's file says of itself (ISO/IEC 14496-12 section 8.8). */
export interface FragmentedFile {
  /** ftyp and moov: the same in all parts that can be joined. */
  readonly init: Buffer;
  readonly frames: number;
}

const MAX_BOX_BYTES = 8 * 2 ** 20;

/** Reads the header and the index of each fragment; what is between is skipped. @throws Error when the file is not of this kind */
export async function readFragmentedFile(path: string): Promise<FragmentedFile> {
  await using file = await open(path);
  const { size } = await file.stat();
  let frames = 0;
  let initEnd = 0;
  for (let at = 0; at < size;) {
    const { type, length } = await readHeader(file, at);
    if (length < 8 || at + length > size) throw new Error(`the box ${type} at ${at} does not fit the file`);
    if (type === 'moov') initEnd = at + length;
    if (type === 'moof') frames += countFrames(await read(file, at + 8, length - 8));
    at += length;
  }
  if (initEnd === 0) throw new Error('the file has no header');
  return { init: await read(file, 0, initEnd), frames };
}

async function readHeader(file: FileHandle, at: number): Promise<{ type: string; length: number }> {
  const header = await read(file, at, 16);
  const type = header.toString('latin1', 4, 8);
  const length = header.readUInt32BE(0);
  return { type, length: length === 1 ? Number(header.readBigUInt64BE(8)) : length };
}

async function read(file: FileHandle, at: number, length: number): Promise<Buffer> {
  if (length > MAX_BOX_BYTES) throw new Error(`a header of ${length} bytes is too large`);
  const buffer = Buffer.alloc(length);
  await file.read(buffer, 0, length, at);
  return buffer;
}

/** Samples of all track runs (trun) in a fragment's index. */
function countFrames(boxes: Buffer): number {
  let frames = 0;
  for (let at = 0; at + 8 <= boxes.length;) {
    const length = boxes.readUInt32BE(at);
    if (length < 8) throw new Error(`a box of ${length} bytes is too short`);
    const type = boxes.toString('latin1', at + 4, at + 8);
    if (type === 'traf') frames += countFrames(boxes.subarray(at + 8, at + length));
    if (type === 'trun') frames += boxes.readUInt32BE(at + 12);
    at += length;
  }
  return frames;
}
