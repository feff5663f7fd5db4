import { createSpeedMeter } from './speed-meter.ts';
import { toUploadError, UploadError } from './upload-error.ts';

type UploadState = 'waiting' | 'uploading' | 'committing' | 'done' | 'failed' | 'canceled';

/** One file as the list shows it; a new object with every change. */
export interface UploadItem {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly state: UploadState;
  readonly sentBytes: number;
  readonly bytesPerSec: number | null;
  readonly remainingSec: number | null;
  readonly fileId: string | null;
  readonly error: UploadError | null;
}

/** Where the bytes go, from `POST /console/api/uploads`. */
export interface UploadTicket {
  sessionKey: string;
  putUrl: string;
  headers: Record<string, string>;
}

export interface UploadSource {
  readonly name: string;
  readonly size: number;
}

export interface PutOptions {
  signal: AbortSignal;
  onProgress: (sentBytes: number) => void;
}

export interface UploadDeps<Source extends UploadSource> {
  apply(source: Source, signal: AbortSignal): Promise<UploadTicket>;
  put(source: Source, ticket: UploadTicket, options: PutOptions): Promise<void>;
  /** Makes a medium of what was put. @returns its FileId */
  commit(sessionKey: string): Promise<string>;
  /** Steady milliseconds. */
  now(): number;
}

export interface UploadQueue<Source extends UploadSource> {
  add: (sources: readonly Source[]) => void;
  cancel: (id: string) => void;
  /** Runs a failed or canceled upload again; the bytes are not sent twice when only the commit had failed. */
  retry: (id: string) => void;
  /** Forgets what has ended. */
  clearEnded: () => void;
  /** Cancels and forgets everything. */
  reset: () => void;
  items: () => readonly UploadItem[];
  subscribe: (listener: () => void) => () => void;
}

interface Entry<Source> {
  source: Source;
  item: UploadItem;
  controller: AbortController;
  /** All bytes are there under this key: only the commit is missing. */
  sentUnder: string | null;
}

/** Runs at most `parallel` uploads at a time, in the order they were added. */
export function createUploadQueue<Source extends UploadSource>(
  deps: UploadDeps<Source>,
  { parallel }: { parallel: number },
): UploadQueue<Source> {
  const entries = new Map<string, Entry<Source>>();
  const listeners = new Set<() => void>();
  let snapshot: readonly UploadItem[] = [];
  let added = 0;
  let running = 0;

  const publish = (): void => {
    snapshot = [...entries.values()].map(({ item }) => item);
    for (const listener of listeners) listener();
  };
  const update = (entry: Entry<Source>, change: Partial<UploadItem>): void => {
    entry.item = { ...entry.item, ...change };
    publish();
  };

  const pump = (): void => {
    for (const entry of entries.values()) {
      if (running >= parallel) return;
      if (entry.item.state === 'waiting') void run(entry);
    }
  };
  const run = async (entry: Entry<Source>): Promise<void> => {
    running += 1;
    // A retry replaces the controller: this run must not touch the entry once it is no longer its own.
    const { controller } = entry;
    const set = (change: Partial<UploadItem>): void => {
      if (entry.controller === controller && !controller.signal.aborted) update(entry, change);
    };
    try {
      set({ state: 'uploading' });
      const fileId = await transfer(deps, entry, set);
      set({ state: 'done', fileId });
    } catch (error) {
      set({ state: 'failed', error: toUploadError(error) });
    } finally {
      running -= 1;
      pump();
    }
  };

  return {
    add(sources) {
      for (const source of sources) {
        added += 1;
        const id = `upload-${added}`;
        entries.set(id, {
          source,
          item: newItem(id, source),
          controller: new AbortController(),
          sentUnder: null,
        });
      }
      publish();
      pump();
    },
    cancel(id) {
      const entry = entries.get(id);
      if (entry === undefined || isEnded(entry.item)) return;
      entry.controller.abort();
      update(entry, { state: 'canceled', bytesPerSec: null, remainingSec: null });
    },
    retry(id) {
      const entry = entries.get(id);
      if (entry === undefined || (entry.item.state !== 'failed' && entry.item.state !== 'canceled')) return;
      entry.controller = new AbortController();
      update(entry, newItem(id, entry.source));
      pump();
    },
    clearEnded() {
      for (const [id, { item }] of entries) if (isEnded(item)) entries.delete(id);
      publish();
    },
    reset() {
      for (const { controller } of entries.values()) controller.abort();
      entries.clear();
      publish();
    },
    items: () => snapshot,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function isEnded({ state }: UploadItem): boolean {
  return state === 'done' || state === 'failed' || state === 'canceled';
}

function newItem(id: string, { name, size }: UploadSource): UploadItem {
  return {
    id,
    name,
    sizeBytes: size,
    state: 'waiting',
    sentBytes: 0,
    bytesPerSec: null,
    remainingSec: null,
    fileId: null,
    error: null,
  };
}

async function transfer<Source extends UploadSource>(
  deps: UploadDeps<Source>,
  entry: Entry<Source>,
  set: (change: Partial<UploadItem>) => void,
): Promise<string> {
  const { source, controller } = entry;
  if (source.size === 0) throw new UploadError('empty', 'The file is empty.');
  if (entry.sentUnder === null) {
    const ticket = await deps.apply(source, controller.signal);
    controller.signal.throwIfAborted();
    await deps.put(source, ticket, {
      signal: controller.signal,
      onProgress: createProgress(deps, source, set),
    });
    controller.signal.throwIfAborted();
    entry.sentUnder = ticket.sessionKey;
  }
  set({ state: 'committing', sentBytes: source.size, bytesPerSec: null, remainingSec: null });
  const fileId = await deps.commit(entry.sentUnder);
  entry.sentUnder = null;
  return fileId;
}

function createProgress<Source extends UploadSource>(
  deps: UploadDeps<Source>,
  source: Source,
  set: (change: Partial<UploadItem>) => void,
): (sentBytes: number) => void {
  const meter = createSpeedMeter();
  meter.add(0, deps.now());
  return (sentBytes) => {
    meter.add(sentBytes, deps.now());
    const bytesPerSec = meter.bytesPerSec();
    const remainingSec =
      bytesPerSec === null || bytesPerSec <= 0 ? null : (source.size - sentBytes) / bytesPerSec;
    set({ sentBytes, bytesPerSec, remainingSec });
  };
}
