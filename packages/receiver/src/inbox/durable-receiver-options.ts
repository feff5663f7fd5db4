import type { Pool } from 'pg';
import type { Receiver, ReceiverOptions } from '../receiver.ts';
import type { PullOptions, PullState } from '../sources/pull-loop.ts';
import type { ReconcileOptions, ReconcileReport } from '../sources/reconciler.ts';
import type { ConfirmOptions } from '../trust/confirm.ts';
import type { DeadLetter, InboxState, RedriveFilter } from './inbox.ts';
import type { WorkerOptions } from './worker.ts';

export interface DurableReceiverOptions
  extends
    ReceiverOptions,
    Pick<WorkerOptions, 'concurrency' | 'handlerTimeoutMs' | 'leaseMs' | 'drainMs' | 'pollMs' | 'retry'> {
  /** A PostgreSQL URL, or a pool that stays the caller's to end. The schema `receiver` is made at the start. */
  readonly database: string | Pool;
  /** The last part of the callback's path must be this; several while changing it. Absent: any path is taken. */
  readonly pathSecret?: string | readonly string[];
  /**
   * How long an arrival waits for a database that is away; 8 s by default. More than the 5 s after which the cloud sends again: it
   * counts any answer as success, so an event that can't be stored must not be answered before.
   */
  readonly storeTimeoutMs?: number;
  /** Asks the API before an event is acted on. */
  readonly confirm?: ConfirmOptions;
  /** Takes events from the cloud's queue as well. */
  readonly pull?: PullOptions;
  /** Looks for events that never came. */
  readonly reconcile?: ReconcileOptions;
  /** How long a finished event is remembered, to recognise its repetitions; 30 days by default. */
  readonly retentionMs?: number;
}

export interface DurableReceiver extends Receiver {
  /** Prepares the database and begins to handle events. Arrivals may come before: they wait for it. */
  start(): Promise<void>;
  /** Takes nothing new, lets handlers finish, gives back what they don't, ends its connections. */
  stop(): Promise<void>;
  /** Puts dead letters back into the inbox. Resolves with how many. */
  redrive(filter?: RedriveFilter): Promise<number>;
  /** The newest first. */
  listDead(limit?: number): Promise<readonly DeadLetter[]>;
  readState(): Promise<InboxState>;
  /** Undefined without `pull`. */
  readonly pullState: PullState | undefined;
  /** Looks now for events that never came. Rejects without `reconcile`. */
  reconcile(): Promise<ReconcileReport>;
}
