export interface ActivityWatch {
  /** Something happened: the time starts anew. */
  touch(): void;
  stop(): void;
}

export interface ActivityWatchOptions {
  /** Longest allowed silence. */
  readonly stallMs: number;
  /** A second opinion before the alarm: true when there is a sign of life that `touch` cannot see. */
  readonly isAlive: () => Promise<boolean>;
  readonly onStall: () => void;
}

/** Raises the alarm once when nothing has happened for `stallMs`. */
export function watchActivity(options: ActivityWatchOptions): ActivityWatch {
  let isStopped = false;
  const check = async (): Promise<void> => {
    const isAlive = await options.isAlive().catch(() => false);
    if (isStopped) return;
    if (isAlive) timer.refresh();
    else options.onStall();
  };
  const timer = setTimeout(() => void check(), options.stallMs);
  return {
    touch: () => {
      if (!isStopped) timer.refresh();
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
