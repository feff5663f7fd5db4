export interface ReadCacheOptions<Value> {
  readonly load: (key: string) => Promise<Value>;
  /** How long another process's change may stay unseen. */
  readonly keepMs: number;
  /** Default 10,000: whoever makes up keys must not fill the memory. */
  readonly maxEntries?: number;
  /** Milliseconds. Default: the process's own steady clock. */
  readonly now?: () => number;
}

/** What is read much more often than it changes. */
export interface ReadCache<Value> {
  /** Loaded at most once in `keepMs`, however many ask; what fails to load is not kept. */
  get(key: string): Promise<Value>;
  /** After a change of one's own: the next `get` loads, also while an earlier one is still loading. */
  clear(): void;
}

export function createReadCache<Value>({
  load,
  keepMs,
  maxEntries = 10_000,
  now = () => performance.now(),
}: ReadCacheOptions<Value>): ReadCache<Value> {
  interface Entry {
    readonly loadedAt: number;
    readonly value: Promise<Value>;
  }
  const entries = new Map<string, Entry>();

  function loadEntry(key: string, loadedAt: number): Promise<Value> {
    if (entries.size >= maxEntries) entries.clear();
    const entry = { loadedAt, value: load(key) };
    entries.set(key, entry);
    entry.value.catch(() => {
      if (entries.get(key) === entry) entries.delete(key);
    });
    return entry.value;
  }

  return {
    get(key) {
      const at = now();
      const known = entries.get(key);
      // A clock that tests move may go either way.
      return known && Math.abs(at - known.loadedAt) < keepMs ? known.value : loadEntry(key, at);
    },
    clear: () => entries.clear(),
  };
}
