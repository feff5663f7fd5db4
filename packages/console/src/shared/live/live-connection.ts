import { isRecord } from '../api/decode.ts';
import { staleKeysByKind, type LiveKind } from '../api/query-keys.ts';

export type LiveState = 'connecting' | 'live' | 'reconnecting';

/** The part of EventSource that is used. */
export interface LiveSource {
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void;
  close(): void;
  readonly readyState: number;
}

export interface LiveDeps {
  open(): LiveSource;
  setTimer(run: () => void, delayMs: number): () => void;
  /** Called at most twice a second, and not before the last call's promise is settled, with what changed since. */
  onChanges(kinds: ReadonlySet<LiveKind>): Promise<void>;
  /** The server has (re)started to tell: what was missed is unknown. */
  onHello(): void;
  onState(state: LiveState): void;
  /** The server refused the stream instead of breaking it: perhaps the session has ended. */
  onRefused(): void;
}

export interface LiveConnection {
  start(): void;
  stop(): void;
}

const BATCH_MS = 500;
const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 15_000;
const CLOSED = 2;

/**
 * Listens to the server's changes for as long as it is started. EventSource reconnects by itself after a broken
 * connection but gives up for good on an HTTP error (a proxy's 502 during a restart): then it is opened anew.
 */
export function createLiveConnection(deps: LiveDeps): LiveConnection {
  let source: LiveSource | null = null;
  let cancelRetry: (() => void) | null = null;
  let retryMs = RETRY_MIN_MS;
  let batch = createBatch(deps);

  const connect = (): void => {
    const opened = deps.open();
    source = opened;
    opened.addEventListener('hello', () => {
      retryMs = RETRY_MIN_MS;
      deps.onState('live');
      deps.onHello();
    });
    opened.addEventListener('message', ({ data }) => {
      const kind = parseKind(data);
      if (kind !== undefined) batch.add(kind);
    });
    opened.addEventListener('error', () => {
      deps.onState('reconnecting');
      if (opened.readyState !== CLOSED) return;
      deps.onRefused();
      scheduleRetry();
    });
  };
  const scheduleRetry = (): void => {
    if (cancelRetry !== null) return;
    cancelRetry = deps.setTimer(() => {
      cancelRetry = null;
      connect();
    }, retryMs);
    retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
  };

  return {
    start() {
      if (source !== null) return;
      deps.onState('connecting');
      connect();
    },
    stop() {
      cancelRetry?.();
      cancelRetry = null;
      batch.clear();
      batch = createBatch(deps);
      source?.close();
      source = null;
    },
  };
}

interface Batch {
  add(kind: LiveKind): void;
  clear(): void;
}

/**
 * The first change goes out at once. Those that follow wait for half a second and for the previous ones to be dealt
 * with: asking again while a slow answer is on its way would cancel it, again and again, and show nothing at all.
 */
function createBatch(deps: LiveDeps): Batch {
  let waiting = new Set<LiveKind>();
  let holds = 0;
  let cancelTimer: (() => void) | null = null;
  const release = (): void => {
    holds -= 1;
    flush();
  };
  const flush = (): void => {
    if (holds > 0 || waiting.size === 0) return;
    const kinds = waiting;
    waiting = new Set();
    holds = 2;
    cancelTimer = deps.setTimer(release, BATCH_MS);
    void deps.onChanges(kinds).finally(release);
  };
  return {
    add(kind) {
      waiting.add(kind);
      flush();
    },
    clear() {
      cancelTimer?.();
      waiting.clear();
    },
  };
}

/** A kind that this console does not know (a newer server's) is ignored. */
function parseKind(data: unknown): LiveKind | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const message: unknown = JSON.parse(data);
    return isRecord(message) && isLiveKind(message['kind']) ? message['kind'] : undefined;
  } catch {
    return undefined;
  }
}

function isLiveKind(value: unknown): value is LiveKind {
  return typeof value === 'string' && Object.hasOwn(staleKeysByKind, value);
}
