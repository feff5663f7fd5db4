import type { TransferDeps, TransferJob } from './transfer-job.ts';
import { transfer } from './transfer.ts';
import { toUploadError } from './upload-error.ts';
import {
  isEnded,
  isSameFile,
  newItem,
  UNSENT,
  type UploadItem,
  type UploadRecord,
  type UploadSource,
} from './upload-item.ts';

/** Remembers uploads beyond the page; what cannot be stored is forgotten with it. */
export interface UploadStore {
  load(): Promise<UploadRecord[]>;
  put(record: UploadRecord): void;
  delete(id: string): void;
}

export interface UploadDeps<Source extends UploadSource> extends TransferDeps<Source> {
  readonly store: UploadStore;
  /** Resolves when no other page of this browser has the upload; what it gives lets go of it again. */
  claim(id: string): Promise<() => void>;
  /** The file behind a record's handle, if the browser gives it out without asking. */
  reopen(record: UploadRecord): Promise<Source | null>;
  /** The application that new files go to. */
  application(): number | null;
  newId(): string;
}

export interface UploadQueue<Source extends UploadSource> {
  /** A file that a paused upload waits for continues it. @param handles those of the sources, where the browser gave any */
  add: (sources: readonly Source[], handles?: readonly unknown[]) => void;
  /** Brings back what an earlier page has not finished. */
  restore: () => Promise<void>;
  /** Gives a paused upload its file. @returns whether it is the same file; another one changes nothing */
  supply: (id: string, source: Source) => boolean;
  /** What is stored of an upload. */
  recordOf: (id: string) => UploadRecord | null;
  cancel: (id: string) => void;
  /** Runs a failed or canceled upload again; what the server has is not sent twice. */
  retry: (id: string) => void;
  /** Forgets what has ended. */
  clearEnded: () => void;
  /** Cancels and forgets everything. */
  reset: () => void;
  items: () => readonly UploadItem[];
  subscribe: (listener: () => void) => () => void;
}

interface Entry<Source> {
  /** Null while the browser has not got the file. */
  source: Source | null;
  record: UploadRecord;
  item: UploadItem;
  controller: AbortController;
  readonly claim: Promise<() => void>;
}

/** Runs at most `parallel` uploads at a time, in the order they were added. */
export function createUploadQueue<Source extends UploadSource>(
  deps: UploadDeps<Source>,
  { parallel }: { parallel: number },
): UploadQueue<Source> {
  const { store } = deps;
  const entries = new Map<string, Entry<Source>>();
  const listeners = new Set<() => void>();
  let snapshot: readonly UploadItem[] = [];
  let running = 0;

  const publish = (): void => {
    snapshot = [...entries.values()].map(({ item }) => item);
    for (const listener of listeners) listener();
  };
  const update = (entry: Entry<Source>, change: Partial<UploadItem>): void => {
    entry.item = { ...entry.item, ...change };
    publish();
  };
  const insert = (record: UploadRecord, source: Source | null, claim: Promise<() => void>): void => {
    const state = source === null ? 'paused' : 'waiting';
    const item: UploadItem = { ...newItem(record), state };
    entries.set(record.id, { source, record, item, controller: new AbortController(), claim });
  };
  const forget = ({ record: { id }, claim, controller }: Entry<Source>): void => {
    controller.abort();
    entries.delete(id);
    store.delete(id);
    void claim.then((release) => release());
  };
  const startAgain = (entry: Entry<Source>): void => {
    entry.controller = new AbortController();
    store.put(entry.record);
    update(entry, newItem(entry.record));
    pump();
  };
  const supply = (entry: Entry<Source>, source: Source): boolean => {
    if (entry.item.state !== 'paused' || !isSameFile(entry.record, source)) return false;
    entry.source = source;
    startAgain(entry);
    return true;
  };

  const pump = (): void => {
    for (const entry of entries.values()) {
      if (running >= parallel) return;
      if (entry.item.state === 'waiting' && entry.source !== null) void run(entry, entry.source);
    }
  };
  const run = async (entry: Entry<Source>, source: Source): Promise<void> => {
    running += 1;
    // A retry replaces the controller: this run must not touch the entry once it is no longer its own.
    const { signal } = entry.controller;
    const ifOwn = (act: () => void): void => {
      if (entry.controller.signal === signal && !signal.aborted) act();
    };
    const job: TransferJob<Source> = {
      source,
      signal,
      record: () => entry.record,
      report: (change) => ifOwn(() => update(entry, change)),
      save: (change) =>
        ifOwn(() => {
          entry.record = { ...entry.record, ...change };
          store.put(entry.record);
        }),
    };
    try {
      job.report({ state: 'uploading' });
      const fileId = await transfer(deps, job);
      ifOwn(() => {
        store.delete(entry.record.id);
        update(entry, { state: 'done', fileId });
      });
    } catch (error) {
      job.report({ state: 'failed', error: toUploadError(error), isInterrupted: false });
    } finally {
      running -= 1;
      pump();
    }
  };

  const bringBack = async ({ id }: UploadRecord): Promise<void> => {
    const claim = deps.claim(id);
    const release = await claim;
    // Only now: the page that had it may have finished it meanwhile.
    const record = (await store.load()).find((stored) => stored.id === id);
    if (record === undefined || entries.has(id)) return release();
    insert(record, null, claim);
    publish();
    const source = await deps.reopen(record);
    const entry = entries.get(id);
    if (source !== null && entry !== undefined) supply(entry, source);
  };

  return {
    add(sources, handles = []) {
      for (const [index, source] of sources.entries()) {
        if ([...entries.values()].some((entry) => supply(entry, source))) continue;
        const id = deps.newId();
        const { name, size: sizeBytes, lastModified } = source;
        const file = { name, sizeBytes, lastModified, handle: handles[index] ?? null };
        const record = { id, ...file, application: deps.application(), ...UNSENT };
        insert(record, source, deps.claim(id));
        store.put(record);
      }
      publish();
      pump();
    },
    async restore() {
      for (const record of await store.load()) if (!entries.has(record.id)) void bringBack(record);
    },
    supply(id, source) {
      const entry = entries.get(id);
      return entry !== undefined && supply(entry, source);
    },
    recordOf: (id) => entries.get(id)?.record ?? null,
    cancel(id) {
      const entry = entries.get(id);
      if (entry === undefined || isEnded(entry.item)) return;
      if (entry.source === null) {
        forget(entry);
        return publish();
      }
      entry.controller.abort();
      store.delete(id);
      update(entry, { state: 'canceled', bytesPerSec: null, remainingSec: null, isInterrupted: false });
    },
    retry(id) {
      const entry = entries.get(id);
      if (entry?.item.state === 'failed' || entry?.item.state === 'canceled') startAgain(entry);
    },
    clearEnded() {
      for (const entry of entries.values()) if (isEnded(entry.item)) forget(entry);
      publish();
    },
    reset() {
      for (const entry of entries.values()) forget(entry);
      publish();
    },
    items: () => snapshot,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
