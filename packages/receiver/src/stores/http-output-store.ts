import { clipText } from '../log-line.ts';
import { retryWithin } from '../retry.ts';
import type { OutputStore, RecordLimits, TranscodeOutput } from './output-store.ts';

export interface HttpOutputStoreOptions {
  readonly url: string;
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string;
  readonly fetch?: typeof globalThis.fetch;
  /** For a record with all its retries; 3000 by default, to fit a function of 5 s. */
  readonly timeoutMs?: number;
  /** Waits before the second, third … attempt; [200, 400, 800] by default. */
  readonly backoffMs?: readonly number[];
}

const DEFAULT_TIMEOUT_MS = 3000;
const DEFAULT_BACKOFF_MS = [200, 400, 800];

/** The record service answered, but not with success. */
export class RecordRefusedError extends Error {
  override readonly name = 'RecordRefusedError';
  readonly status: number;

  constructor(status: number, body: string) {
    super(`expected 2xx from the record address, got ${status}: ${clipText(body)}`);
    this.status = status;
  }
}

/**
 * Records outputs by POST of `{FileId, TaskId, Outputs: [{Definition, Url, Size, Md5, Width, Height, Bitrate, Duration}]}`
 * (bytes, pixels, bit/s, seconds). Network errors, 429 and 5xx are retried; the receiving side must take a repetition.
 */
export class HttpOutputStore implements OutputStore {
  readonly #options: HttpOutputStoreOptions;

  constructor(options: HttpOutputStoreOptions) {
    this.#options = options;
  }

  async record(outputs: readonly TranscodeOutput[], limits: RecordLimits = {}): Promise<void> {
    for (const group of groupByTask(outputs)) {
      await retryWithin((signal) => this.#post(JSON.stringify(toRecordBody(group)), signal), {
        timeoutMs: Math.min(this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS, limits.timeoutMs ?? Infinity),
        backoffMs: this.#options.backoffMs ?? DEFAULT_BACKOFF_MS,
        isRetryable: (error) =>
          !(error instanceof RecordRefusedError) || error.status === 429 || error.status >= 500,
      });
    }
  }

  async #post(body: string, signal: AbortSignal): Promise<void> {
    const { url, token, fetch = globalThis.fetch } = this.#options;
    const headers = {
      'Content-Type': 'application/json',
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    };
    // A redirect could carry the record to somebody else.
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    const answer = await response.text();
    if (!response.ok) throw new RecordRefusedError(response.status, answer);
  }
}

function groupByTask(
  outputs: readonly TranscodeOutput[],
): readonly (readonly [TranscodeOutput, ...TranscodeOutput[]])[] {
  const groups = new Map<string, [TranscodeOutput, ...TranscodeOutput[]]>();
  for (const output of outputs) {
    const key = `${output.fileId} ${output.taskId}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [output]);
    else group.push(output);
  }
  return [...groups.values()];
}

function toRecordBody(group: readonly [TranscodeOutput, ...TranscodeOutput[]]): object {
  return {
    FileId: group[0].fileId,
    TaskId: group[0].taskId,
    Outputs: group.map((output) => toWireOutput(output)),
  };
}

function toWireOutput(output: TranscodeOutput): object {
  return {
    Definition: output.definition,
    Url: output.url,
    Size: output.sizeBytes,
    Md5: output.md5,
    Width: output.width,
    Height: output.height,
    Bitrate: output.bitrateBps,
    Duration: output.durationSec,
  };
}
