import type { ControlGroup } from './cgroup/control-group.ts';
import { findDescendant, listTree, readOwnMemory, readProportionalMemory } from './process-tree.ts';

/** What is watched: a process with everything that it started. */
export interface WatchedTree {
  pid: number;
  limitBytes: number;
  /** How many levels below `pid` a process of ours stands that does not count. */
  relayDepth?: number | undefined;
  /** The kernel's own count, where there is one. */
  group?: ControlGroup | undefined;
  /** Called once. */
  onExceeded(): void;
}

/**
 * Looks at the memory of running functions many times a second. A control group holds more than what counts: files in /tmp
 * are in memory, too. So its limit only keeps the machine safe, and who takes more than the function's own is told here.
 */
export interface MemoryWatch {
  /** Answers how to stop watching. */
  add(tree: WatchedTree): () => void;
}

const INTERVAL_MS = 50;
/** A thousand processes take long to look at: then it is done less often, so that the server keeps its time. */
const MAX_SHARE = 0.1;
/** As in the cloud; the system's own limit counts threads, and does not hold for root. */
const MAX_PROCESSES = 1024;

export function createMemoryWatch(): MemoryWatch {
  const trees = new Set<WatchedTree>();
  let timer: NodeJS.Timeout | undefined;
  let restUntil = 0;
  const look = (): void => {
    const startedAt = performance.now();
    if (startedAt < restUntil) return;
    for (const tree of trees) {
      if (!isExceeded(tree)) continue;
      trees.delete(tree);
      tree.onExceeded();
    }
    restUntil = startedAt + (performance.now() - startedAt) / MAX_SHARE;
    if (trees.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
  return {
    add(tree) {
      trees.add(tree);
      timer ??= setInterval(look, INTERVAL_MS).unref();
      return () => trees.delete(tree);
    },
  };
}

/** The quick sum counts what forked processes share once for each: only when that is too much is the exact one taken. */
function isExceeded({ pid, limitBytes, relayDepth, group }: WatchedTree): boolean {
  const relay = relayDepth === undefined ? undefined : findDescendant(pid, relayDepth);
  const ownBytes = group?.ownBytes();
  if (ownBytes !== undefined && group) {
    return group.hasMetLimit() || ownBytes - (relay === undefined ? 0 : readOwnMemory(relay)) > limitBytes;
  }
  const pids = listTree(pid).filter((each) => each !== relay);
  if (pids.length > MAX_PROCESSES) return true;
  return sum(pids, readOwnMemory) > limitBytes && sum(pids, readProportionalMemory) > limitBytes;
}

function sum(pids: readonly number[], read: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + read(pid), 0);
}
