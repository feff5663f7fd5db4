import type { Readable } from 'node:stream';

/** Where files live. Keys are made by us, never by users: lower-case letters, digits and `/ _ . -`. */
export interface BlobStore {
  /**
   * Streams to a part, with the MD5 on the way, and publishes it all at once; replaces an earlier blob of that key.
   * Rejects and leaves nothing when the source ends early, exceeds `maxBytes` or `expectedBytes`, or the signal aborts.
   */
  write(key: string, source: Readable, options?: WriteOptions): Promise<WrittenBlob>;
  /**
   * Streams over the bytes of a blob from `offset` on, durable when this resolves; in any order, side by side. Whoever calls it keeps
   * two writes of the same bytes apart, and gives the blob no address before it is whole: what fails leaves the bytes as it got them.
   * When it settles, nothing is being written any more.
   */
  writeAt(key: string, source: Readable, options: WriteAtOptions): Promise<WrittenBlob>;
  /** Gives a blob its final size: longer ones are cut off. Durable when this resolves. */
  resize(key: string, sizeBytes: number): Promise<void>;
  /** Of the whole blob, hexadecimal. */
  md5(key: string): Promise<string>;
  /** Every blob, in no order; what comes or goes meanwhile may be missing or not. */
  list(): AsyncIterable<ListedBlob>;
  /** Publishes a finished local file: it is moved (copied only across file systems) and durable when this resolves. */
  publishFile(key: string, path: string): Promise<void>;
  /** A stream of the blob or of the bytes `start` to `end`, both inclusive; it errors with BlobNotFoundError when absent. */
  read(key: string, range?: ByteRange): Readable;
  stat(key: string): Promise<{ sizeBytes: number } | null>;
  /** Absent is fine. */
  delete(key: string): Promise<void>;
  /** A path on this machine that child processes (ffmpeg) can read. */
  localPath(key: string): string;
}

export interface WriteOptions {
  expectedBytes?: number;
  maxBytes?: number;
  signal?: AbortSignal;
}

export interface WriteAtOptions extends WriteOptions {
  offset: number;
}

export interface ListedBlob {
  key: string;
  /** Since when it is at its place, as it is: of its last write, or of its publication when that came later. */
  placedAt: Date;
}

export interface WrittenBlob {
  sizeBytes: number;
  /** Hexadecimal. */
  md5: string;
}

export interface ByteRange {
  start: number;
  /** Inclusive. */
  end: number;
}
