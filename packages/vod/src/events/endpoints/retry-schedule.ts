/**
 * When an endpoint that did not take an event is tried again, counted from the failed attempt: ten sends over about three days.
 * As Standard Webhooks recommends it; published in docs/events.md.
 */
export const RETRY_DELAYS_SEC: readonly number[] = [
  5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400,
];
/** Up to a tenth more or less, so that what failed together does not come back together. */
const JITTER = 0.1;
/** A Retry-After may move an attempt by so much at most. */
const MAX_RETRY_AFTER_SEC = 86_400;
/** An endpoint that is held by its circuit breaker uses up no attempts: then this ends it. */
const LIFETIME_SEC = 5 * 86_400;

export interface Failure {
  /** Sends of this round, the failed one among them. */
  readonly sends: number;
  readonly roundAt: Date;
  readonly now: Date;
  /** The answer's Retry-After, if it had one. */
  readonly retryAfterSec?: number | undefined;
  /** 0 … 1. */
  readonly random: number;
}

/** @returns undefined when it is given up */
export function nextAttempt({ sends, roundAt, now, retryAfterSec = 0, random }: Failure): Date | undefined {
  const delaySec = RETRY_DELAYS_SEC[sends - 1];
  const ageSec = (now.getTime() - roundAt.getTime()) / 1000;
  if (delaySec === undefined || ageSec > LIFETIME_SEC) return undefined;
  const jittered = delaySec * (1 + JITTER * (2 * random - 1));
  const waitSec = Math.max(jittered, Math.min(retryAfterSec, MAX_RETRY_AFTER_SEC));
  return new Date(now.getTime() + waitSec * 1000);
}

/** Seconds of a Retry-After header (RFC 9110, 10.2.3: seconds or a date); undefined when it says nothing of use. */
export function parseRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(value)) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - now.getTime()) / 1000);
}

/** So many failed sends in a row open an endpoint's circuit. */
export const CIRCUIT_FAILURES = 5;
const CIRCUIT_FIRST_SEC = 30;
const CIRCUIT_MAX_SEC = 900;

/** How long nothing is sent to an endpoint after so many failures in a row: twice as long each time, a quarter of an hour at most. */
export function circuitOpenSec(failures: number): number {
  if (failures < CIRCUIT_FAILURES) return 0;
  return Math.min(CIRCUIT_MAX_SEC, CIRCUIT_FIRST_SEC * 2 ** Math.min(failures - CIRCUIT_FAILURES, 10));
}
