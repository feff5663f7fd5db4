/** A wait that can be cut short; a wake that comes while nobody waits is kept for the next wait. */
export interface Waker {
  wake(): void;
  wait(timeoutMs: number): Promise<void>;
}

export function createWaker(): Waker {
  let isWoken = false;
  let finish: (() => void) | undefined;
  return {
    wake() {
      isWoken = true;
      finish?.();
    },
    async wait(timeoutMs) {
      if (!isWoken) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          finish = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      finish = undefined;
      isWoken = false;
    },
  };
}
