import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { MAX_LINE_CHARS, MAX_LOG_BYTES, MAX_LOG_LINES } from '../limits.ts';
import { cutLine } from '../log-text.ts';

export const CUT_NOTICE =
  '(log cut here: one request may log at most 1 MB and 5000 lines, the rest was dropped)';

/**
 * Collects the lines that a process writes, request by request. The process ends a request by writing `marker` to
 * both streams: without it, nothing tells whether a pipe still holds lines of the request that just ended.
 */
export interface LogCollector {
  attach(stream: Readable): void;
  /** Resolves when every stream has shown the marker since the last `take`, or has ended. */
  drained(): Promise<void>;
  /** The lines so far; starts anew. */
  take(): string[];
}

export function createLogCollector(options: { marker: string }): LogCollector {
  return new LineCollector(options.marker);
}

interface Source {
  decoder: StringDecoder;
  partial: string;
  isDrained: boolean;
  hasEnded: boolean;
}

class LineCollector implements LogCollector {
  readonly #marker: string;
  readonly #sources = new Set<Source>();
  #lines: string[] = [];
  #bytes = 0;
  #isCut = false;
  #drainWaiters: (() => void)[] = [];

  constructor(marker: string) {
    this.#marker = marker;
  }

  attach(stream: Readable): void {
    const source: Source = {
      decoder: new StringDecoder('utf8'),
      partial: '',
      isDrained: false,
      hasEnded: false,
    };
    this.#sources.add(source);
    stream.on('data', (chunk: Buffer) => this.#add(source, source.decoder.write(chunk)));
    stream.on('error', () => undefined);
    stream.once('close', () => {
      source.hasEnded = true;
      this.#notifyDrained();
    });
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#drainWaiters.push(resolve);
      this.#notifyDrained();
    });
  }

  take(): string[] {
    for (const source of this.#sources) {
      this.#pushLine(source.partial);
      source.partial = '';
      source.isDrained = false;
    }
    const lines = this.#lines;
    this.#lines = [];
    this.#bytes = 0;
    this.#isCut = false;
    return lines;
  }

  #add(source: Source, text: string): void {
    const parts = (source.partial + text).split('\n');
    source.partial = this.#bound(parts.pop() ?? '');
    for (const line of parts) this.#addLine(source, line);
  }

  /** Keeps a line without an end from growing: its beginning is shown, its end may be the marker. */
  #bound(partial: string): string {
    if (partial.length <= 2 * MAX_LINE_CHARS) return partial;
    return partial.slice(0, MAX_LINE_CHARS) + partial.slice(-this.#marker.length);
  }

  #addLine(source: Source, line: string): void {
    if (!line.endsWith(this.#marker)) {
      this.#pushLine(line, true);
      return;
    }
    this.#pushLine(line.slice(0, -this.#marker.length));
    source.isDrained = true;
    this.#notifyDrained();
  }

  #pushLine(line: string, keepEmpty = false): void {
    if (this.#isCut || (line === '' && !keepEmpty)) return;
    const shown = cutLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    this.#bytes += Buffer.byteLength(shown) + 1;
    this.#isCut = this.#bytes > MAX_LOG_BYTES || this.#lines.length >= MAX_LOG_LINES;
    this.#lines.push(this.#isCut ? CUT_NOTICE : shown);
  }

  #notifyDrained(): void {
    if (![...this.#sources].every((source) => source.isDrained || source.hasEnded)) return;
    for (const resolve of this.#drainWaiters.splice(0)) resolve();
  }
}
