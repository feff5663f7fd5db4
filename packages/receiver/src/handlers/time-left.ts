import type { HandlerContext } from '../event-handler.ts';

/** Left for logging and answering before the platform ends the instance. */
const RESERVE_MS = 300;

/** What a handler may spend on an outside call: the wanted time, or what the platform still allows if that is less. In ms, at least 0. */
export function timeLeftMs(context: HandlerContext, wantedMs: number): number {
  if (context.remainingMs === undefined) return wantedMs;
  return Math.max(0, Math.min(wantedMs, context.remainingMs - RESERVE_MS));
}
