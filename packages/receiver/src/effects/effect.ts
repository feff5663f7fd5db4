/** What has to be known of an effect, to repeat it safely when it is unknown whether it took place. */
export interface EffectOptions<Result> {
  /**
   * For how long after the first attempt a repetition does no harm, in ms, because the other side recognises it.
   * 0: never repeat; Infinity: it may be repeated at any time.
   */
  readonly repeatableForMs: number;
  /** Asked after that time: the result when the effect took place, undefined when it surely did not. Absent: the effect stays uncertain. */
  readonly findOutcome?: (signal: AbortSignal) => Promise<Result | undefined>;
  /** For one attempt; 15 s by default. */
  readonly timeoutMs?: number;
}

/**
 * Does something at most once per key, or, where a crash leaves it open whether it was done, again only under the stated conditions.
 * The intent is recorded before, the result after; a key whose result is recorded gives that result and does nothing.
 * Results are kept as JSON. Rejects with what `perform` throws, with EffectBusyError, or with UncertainEffectError.
 */
export type Effect = <Result>(
  key: string,
  perform: (signal: AbortSignal) => Promise<Result>,
  options: EffectOptions<Result>,
) => Promise<Result>;

/** The effect is being worked on, or was until a crash a moment ago; come again later. */
export class EffectBusyError extends Error {
  override readonly name = 'EffectBusyError';
}

/** An attempt ended without a known outcome, and repeating it might do it twice. Nobody but a person can tell. */
export class UncertainEffectError extends Error {
  override readonly name = 'UncertainEffectError';
}
