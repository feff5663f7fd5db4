import type { Arrival, EventSource } from './arrival.ts';

/** An event that a worker has claimed. */
export interface ClaimedEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly source: EventSource;
  readonly body: Uint8Array;
  /** Counts from 1, and is the fencing token: a worker that lost its lease has an older one. */
  readonly attempt: number;
  readonly receivedAt: Date;
  /** Since the event came, or since it was taken out of the dead letters. */
  readonly retriedForMs: number;
}

/** What became of a claimed event. */
export type Settlement =
  | { readonly state: 'done' }
  | { readonly state: 'dead'; readonly error: string }
  | { readonly state: 'pending'; readonly retryInMs: number; readonly error: string | null };

export interface DeadLetter {
  readonly eventId: string;
  readonly eventType: string;
  readonly fileId: string | null;
  readonly error: string;
  readonly attempts: number;
  readonly receivedAt: Date;
}

export interface InboxState {
  readonly pending: number;
  readonly dead: number;
  readonly reconciled: number;
  /** Of the oldest event that is not finished; 0 when there is none. */
  readonly oldestPendingSec: number;
}

/** Which dead letters: those named, those of one type, or all. */
export interface RedriveFilter {
  readonly eventIds?: readonly string[];
  readonly eventType?: string;
}

/** Whether an event comes for the first time. */
export type Novelty = 'new' | 'known';

/** Who works on new events at once, in the process that stored them. */
export interface FreshTaker {
  /** How many it would begin now. */
  readonly room: number;
  readonly leaseMs: number;
  /** @param left how many others came that it did not get: they wait to be claimed */
  take(events: readonly ClaimedEvent[], left: number): void;
}

/** The store of events between their arrival and the end of their handling. Safe for any number of processes. */
export interface Inbox {
  /** Resolves once the event is durable, with whether it is new. */
  store(arrival: Arrival): Promise<Novelty>;
  /** Of what has arrived and is not stored yet. */
  readonly waitingBytes: number;
  /** Takes up to `limit` due events, at most one per file, for `leaseMs`. */
  claim(limit: number, leaseMs: number): Promise<readonly ClaimedEvent[]>;
  /** Keeps what is being worked on from being given to another. */
  extend(events: readonly ClaimedEvent[], leaseMs: number): Promise<void>;
  /** Ignored when the event has been given to another worker meanwhile. */
  settle(event: ClaimedEvent, settlement: Settlement): Promise<void>;
  redrive(filter?: RedriveFilter): Promise<number>;
  listDead(limit: number): Promise<readonly DeadLetter[]>;
  readState(): Promise<InboxState>;
  /** Removes what was done longer ago than this, and with it the memory of having seen it. */
  purge(olderThanMs: number): Promise<number>;
  /** Waits for what is being written. */
  idle(): Promise<void>;
}
