/** One finished rendition. Properties that the notification doesn't carry are null. */
export interface TranscodeOutput {
  readonly fileId: string;
  readonly taskId: string;
  readonly definition: number;
  readonly url: string;
  readonly sizeBytes: number | null;
  readonly md5: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly bitrateBps: number | null;
  readonly durationSec: number | null;
}

/**
 * Where the results of transcoding are kept. Recording is idempotent per (fileId, definition): notifications come at least once,
 * and a later result replaces an earlier one. Resolves when the record is safe; rejects when it isn't.
 */
export interface OutputStore {
  record(outputs: readonly TranscodeOutput[], limits?: RecordLimits): Promise<void>;
}

export interface RecordLimits {
  /** How long the caller can wait, in ms; where the store has a limit of its own, the shorter one counts. */
  readonly timeoutMs?: number;
}
