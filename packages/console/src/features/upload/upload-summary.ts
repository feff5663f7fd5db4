import { isEnded, type UploadItem } from './upload-item.ts';

export interface UploadSummary {
  /** Not ended yet. */
  active: number;
  /** Those of them that a closed page would stop. */
  running: number;
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
    running: items.filter((item) => !isEnded(item) && item.state !== 'paused').length,
    failed: items.filter(({ state }) => state === 'failed').length,
    done: items.filter(({ state }) => state === 'done').length,
    percent: totalBytes === 0 ? 0 : (100 * sentBytes) / totalBytes,
  };
}
