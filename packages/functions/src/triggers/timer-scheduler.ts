import { randomUUID } from 'node:crypto';
import type { Logger } from '@vodstack/platform';
import type { AsyncStore } from '../async/async-store.ts';
import { DEFAULT_MESSAGE_TTL_SEC } from '../function-details.ts';
import { nextMoment } from './cron.ts';
import type { Trigger, TriggerStore } from './trigger-store.ts';
import { toCronExpression } from './trigger-settings.ts';

/** Fires the timers. */
export interface TimerScheduler {
  start(): void;
  stop(): Promise<void>;
  /** Timers have changed. */
  wake(): void;
}

export interface TimerSchedulerOptions {
  triggers: TriggerStore;
  events: AsyncStore;
  logger: Logger;
  clock: () => Date;
  /** A call waits in the queue. */
  onFired: () => void;
}

/** Another server may have made a timer: nobody tells. */
const LONGEST_WAIT_MS = 5000;
/** What was missed for longer, because no server ran, is not made up for: nor is it in the cloud. */
const MISSED_MS = 60_000;

export function createTimerScheduler(options: TimerSchedulerOptions): TimerScheduler {
  return new Scheduler(options);
}

class Scheduler implements TimerScheduler {
  readonly #options: TimerSchedulerOptions;
  #timer: NodeJS.Timeout | undefined;
  #ticking: Promise<void> | undefined;
  #isRunning = false;

  constructor(options: TimerSchedulerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#isRunning = true;
    this.wake();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    clearTimeout(this.#timer);
    await this.#ticking;
  }

  wake(): void {
    this.#ticking ??= this.#tick().finally(() => {
      this.#ticking = undefined;
    });
  }

  async #tick(): Promise<void> {
    if (!this.#isRunning) return;
    clearTimeout(this.#timer);
    const { triggers, clock, logger } = this.#options;
    let waitMs = LONGEST_WAIT_MS;
    try {
      for (const trigger of await triggers.listDue(clock())) await this.#fire(trigger);
      const dueAt = await triggers.nextDueAt();
      if (dueAt) waitMs = Math.min(waitMs, Math.max(0, dueAt.getTime() - clock().getTime()));
    } catch (err) {
      logger.error({ err }, 'the timers of functions could not be looked at');
    }
    this.#timer = setTimeout(() => this.wake(), waitMs);
    this.#timer.unref();
  }

  async #fire(trigger: Trigger): Promise<void> {
    const { triggers, events, clock, onFired } = this.#options;
    const now = clock();
    const dueAt = trigger.nextAt ?? now;
    const nextAt = nextMoment(toCronExpression(trigger.settings), now) ?? null;
    const isMissed = now.getTime() - dueAt.getTime() > MISSED_MS;
    const hasFired = await triggers.fire(trigger, nextAt, async (tx) => {
      if (!isMissed) await events.add(toAsyncEvent(trigger, dueAt, now), tx);
    });
    if (hasFired) onFired();
  }
}

function toAsyncEvent(trigger: Trigger, dueAt: Date, now: Date): Parameters<AsyncStore['add']>[0] {
  const event = {
    Type: 'Timer',
    TriggerName: trigger.name,
    Time: `${dueAt.toISOString().slice(0, 19)}Z`,
    Message: trigger.customArgument,
  };
  return {
    requestId: randomUUID(),
    namespace: trigger.namespace,
    functionName: trigger.functionName,
    qualifier: trigger.qualifier,
    event: JSON.stringify(event),
    trigger: 'timer',
    traceId: null,
    expiresAt: new Date(now.getTime() + DEFAULT_MESSAGE_TTL_SEC * 1000),
    createdAt: now,
  };
}
