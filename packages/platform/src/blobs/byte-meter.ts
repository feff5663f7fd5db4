import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { BlobTooLargeError, BlobTooShortError } from './errors.ts';
import type { WriteOptions } from './blob-store.ts';

/** Passes bytes on unchanged, counts and hashes them, and fails as soon as they are too many or when they end too soon. */
export class ByteMeter extends Transform {
  readonly #hash = createHash('md5');
  readonly #expectedBytes: number | undefined;
  readonly #limitBytes: number;
  sizeBytes = 0;

  constructor({ expectedBytes, maxBytes = Infinity }: WriteOptions = {}) {
    super();
    this.#expectedBytes = expectedBytes;
    this.#limitBytes = Math.min(expectedBytes ?? Infinity, maxBytes);
  }

  /** Of everything that passed; may be asked once. */
  md5(): string {
    return this.#hash.digest('hex');
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.sizeBytes += chunk.length;
    if (this.sizeBytes > this.#limitBytes) {
      done(new BlobTooLargeError(`Got more than the ${this.#limitBytes} bytes allowed`));
      return;
    }
    this.#hash.update(chunk);
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    const expected = this.#expectedBytes ?? this.sizeBytes;
    if (this.sizeBytes >= expected) done();
    else done(new BlobTooShortError(`Got ${this.sizeBytes} bytes where ${expected} were announced`));
  }
}
