import type { Logger } from '@vodstack/platform';

/**
 * At most one write per interval, never two at once. What comes in between goes unwritten: the end of a task is written anyway. A write
 * that fails is logged and costs nothing else.
 */
export function throttleWrites<Args extends readonly unknown[]>(
  write: (...args: Args) => Promise<void>,
  { intervalMs, logger }: { readonly intervalMs: number; readonly logger: Logger },
): (...args: Args) => void {
  let isWriting = false;
  let nextAt = 0;
  return (...args) => {
    const now = performance.now();
    if (isWriting || now < nextAt) return;
    isWriting = true;
    nextAt = now + intervalMs;
    write(...args)
      .catch((err: unknown) => logger.warn({ err }, 'cannot write a task’s progress'))
      .finally(() => {
        isWriting = false;
      });
  };
}
