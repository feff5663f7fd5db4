import { readdirSync, readFileSync } from 'node:fs';

/** More than any tree that is allowed: beyond it, counting on is of no use. */
const MAX_TREE = 4096;

/** The process and everything below it. Only what still has its parent: others moved to the init of their namespace. */
export function listTree(root: number): number[] {
  const pids = [root];
  for (let index = 0; index < pids.length && pids.length < MAX_TREE; index += 1) {
    pids.push(...listChildren(pids[index] ?? 0));
  }
  return pids;
}

/** The function's own process, which stands `depth` levels below the one that was started. */
export function findDescendant(pid: number, depth: number): number | undefined {
  let current: number | undefined = pid;
  for (let level = 0; level < depth && current !== undefined; level += 1) [current] = listChildren(current);
  return current;
}

/** Of every thread: any of them may have started one. */
function listChildren(pid: number): number[] {
  const texts = listThreads(pid).map((thread) => readProc(pid, `task/${thread}/children`));
  return texts.join(' ').split(' ').filter(Boolean).map(Number);
}

function listThreads(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Bytes of memory that belong to the process alone (anonymous and resident), 0 when it is gone. */
export function readOwnMemory(pid: number): number {
  return readKilobytes(pid, 'status', /^RssAnon:\s*(\d+) kB$/mu) ?? 0;
}

/** The same with a share for what forked processes have in common; costs a walk over all its pages. */
export function readProportionalMemory(pid: number): number {
  return readKilobytes(pid, 'smaps_rollup', /^Pss_Anon:\s*(\d+) kB$/mu) ?? readOwnMemory(pid);
}

/** The largest resident size that a process ever had, in bytes; undefined where /proc does not tell. */
export function readPeakMemory(pid: number): number | undefined {
  return readKilobytes(pid, 'status', /^VmHWM:\s*(\d+) kB$/mu);
}

function readKilobytes(pid: number, name: string, pattern: RegExp): number | undefined {
  const kilobytes = pattern.exec(readProc(pid, name))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1').trim();
  } catch {
    return '';
  }
}
