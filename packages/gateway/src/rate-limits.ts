/** At most so many requests to an API: all together, per caller's address, or per key pair. */
export interface RateLimit {
  per: 'api' | 'ip' | 'key';
  unit: RateUnit;
  limit: number;
}

export const RATE_UNITS = ['second', 'minute', 'hour', 'day'] as const;
type RateUnit = (typeof RATE_UNITS)[number];

const UNIT_SECONDS: Readonly<Record<RateUnit, number>> = { second: 1, minute: 60, hour: 3600, day: 86_400 };

export interface RateCounter {
  /** Counts a request. False when it is over one of the limits; such a request is not counted by the later ones. */
  allow(
    limits: readonly RateLimit[],
    caller: { apiId: string; ip: string; key: string | undefined },
  ): boolean;
}

interface Window {
  start: number;
  count: number;
}

/** Made-up addresses must not fill the memory: beyond this many, ended windows go, and if there are none the oldest. */
const MOST_WINDOWS = 10_000;

/** Counts in windows of the clock, as the cloud does: in this process, from zero after a restart. */
export function createRateCounter(clock: () => Date): RateCounter {
  const windows = new Map<string, Window>();
  const count = (limit: RateLimit, subject: string, nowSec: number): boolean => {
    const start = nowSec - (nowSec % UNIT_SECONDS[limit.unit]);
    const key = `${limit.unit}/${limit.per}/${subject}`;
    const known = windows.get(key);
    const window = known?.start === start ? known : { start, count: 0 };
    window.count += 1;
    windows.set(key, window);
    if (windows.size > MOST_WINDOWS) makeRoom(windows, nowSec);
    return window.count <= limit.limit;
  };
  return {
    allow(limits, { apiId, ip, key }) {
      const nowSec = Math.floor(clock().getTime() / 1000);
      const subjects = { api: apiId, ip: `${apiId}/${ip}`, key: `${apiId}/${key ?? ''}` };
      return limits.every((limit) => count(limit, subjects[limit.per], nowSec));
    },
  };
}

function makeRoom(windows: Map<string, Window>, nowSec: number): void {
  for (const [key, { start }] of windows) {
    const unit = key.slice(0, key.indexOf('/')) as RateUnit;
    if (start + UNIT_SECONDS[unit] <= nowSec) windows.delete(key);
  }
  const [oldest] = windows.keys();
  if (windows.size > MOST_WINDOWS && oldest !== undefined) windows.delete(oldest);
}
