import { isEnded, type UploadItem } from './upload-queue.ts';

export interface UploadSummary {
  active: number;
  failed: number;
  done: number;
  /** 0..100 by bytes, of what has not been canceled. */
  percent: number;
}

export function summarize(items: readonly UploadItem[]): UploadSummary {
  const counted = items.filter(({ state }) => state !== 'canceled');
  const totalBytes = counted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const sentBytes = counted.reduce((sum, { sentBytes: sent }) => sum + sent, 0);
  return {
    active: items.filter((item) => !isEnded(item)).length,
    failed: items.filter(({ state }) => state === 'failed').length,
    done: items.filter(({ state }) => state === 'done').length,
    percent: totalBytes === 0 ? 0 : (100 * sentBytes) / totalBytes,
  };
}
