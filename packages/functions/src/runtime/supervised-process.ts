import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Outcome } from '../outcome.ts';
import type { StartedProcess } from './function-process.ts';
import type { LogCollector } from './log-collector.ts';
import type { MemoryWatch } from './memory-watch.ts';
import { findDescendant, listTree, readPeakMemory } from './process-tree.ts';

/** The operating system process of one instance, with what watches over it. */
export interface SupervisedProcess {
  readonly child: ChildProcess;
  /** Resolves, when the process and all its output are gone, with how it ended. Never rejects. */
  readonly gone: Promise<Outcome>;
  /** The process has ended; what it wrote may still be on its way. */
  hasExited(): boolean;
  isKilled(): boolean;
  /** Kills the process and everything that it started. Idempotent. */
  kill(): void;
  peakMemoryBytes(): number;
  /** The kernel has ended one of its processes for the memory that they took. */
  hasMetMemoryLimit(): boolean;
  /** The last of what it wrote to stderr. */
  stderrTail(): string;
}

export interface SupervisionOptions {
  memoryMb: number;
  memoryWatch: MemoryWatch;
  logs: LogCollector;
  onMemoryExceeded: () => void;
}

/** Long enough for a busy machine to read a pipe; a process that left the group may hold it for ever. */
const DRAIN_GUARD_MS = 1_000;
const STDERR_TAIL_CHARS = 4096;
const ALLOCATION_FAILED =
  /^(?:RangeError: (?:Array buffer allocation failed|Failed to allocate memory)|MemoryError)\s*$/mu;

export function supervise(started: StartedProcess, options: SupervisionOptions): SupervisedProcess {
  return new Supervision(started, options);
}

class Supervision implements SupervisedProcess {
  readonly child: ChildProcess;
  readonly gone: Promise<Outcome>;
  readonly #started: StartedProcess;
  #ownPid: number | undefined;
  #peakMemoryBytes = 0;
  #stderrTail = '';
  #isKilled = false;
  #hasExited = false;

  constructor(
    started: StartedProcess,
    { memoryMb, memoryWatch, logs, onMemoryExceeded }: SupervisionOptions,
  ) {
    this.#started = started;
    this.child = started.child;
    // First of all: without a listener, a process that cannot be started would take the server down.
    this.gone = this.#watchExit();
    this.#collectOutput(logs);
    const { pid } = this.child;
    if (pid === undefined) return;
    const limitBytes = memoryMb * 1024 * 1024;
    const { relayDepth, group } = started;
    const unwatch = memoryWatch.add({ pid, limitBytes, relayDepth, group, onExceeded: onMemoryExceeded });
    void this.gone.then(unwatch);
  }

  hasExited(): boolean {
    return this.#hasExited;
  }

  isKilled(): boolean {
    return this.#isKilled;
  }

  kill(): void {
    this.#isKilled = true;
    const { pid } = this.child;
    // Once the process is reaped, its number may belong to somebody else.
    if (pid !== undefined && !this.#hasExited) killTree(pid, this.#started.depth === 0);
    void this.#started.group?.close();
  }

  peakMemoryBytes(): number {
    const { pid } = this.child;
    if (this.#ownPid === undefined && pid !== undefined && !this.#hasExited)
      this.#ownPid = findDescendant(pid, this.#started.depth);
    const bytes = this.#ownPid === undefined ? undefined : readPeakMemory(this.#ownPid);
    this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, bytes ?? 0);
    return this.#peakMemoryBytes;
  }

  hasMetMemoryLimit(): boolean {
    return this.#started.group?.hasMetLimit() ?? false;
  }

  stderrTail(): string {
    return this.#stderrTail;
  }

  #collectOutput(logs: LogCollector): void {
    const { stdout, stderr } = this.child;
    if (stdout) logs.attach(stdout);
    if (stderr) logs.attach(stderr);
    stderr?.on('data', (chunk: Buffer) => {
      this.#stderrTail = (this.#stderrTail + chunk.toString('latin1')).slice(-STDERR_TAIL_CHARS);
    });
  }

  async #watchExit(): Promise<Outcome> {
    const { child } = this;
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    // Decided once its last words are there.
    const toOutcome = await new Promise<() => Outcome>((resolve) => {
      child.once('exit', (code, signal) => resolve(() => this.#toExitOutcome(code, signal)));
      child.once('error', ({ message }) => resolve(() => ({ kind: 'start-failed', message })));
    });
    this.kill();
    this.#hasExited = true;
    await settledOrGuarded(closed);
    for (const stream of toStreams(child)) stream?.destroy();
    return toOutcome();
  }

  /**
   * V8 aborts when the heap is full (134 when a shell or setpriv reports it as a code); what asks for more at once than the
   * system gives is an exception, which nobody else tells of in a web function.
   */
  #toExitOutcome(code: number | null, signal: NodeJS.Signals | null): Outcome {
    if (this.hasMetMemoryLimit()) return { kind: 'out-of-memory' };
    const aborted = signal === 'SIGABRT' || code === 134;
    if (aborted && this.#stderrTail.includes('heap out of memory')) return { kind: 'out-of-memory' };
    if (code !== 0 && ALLOCATION_FAILED.test(this.#stderrTail)) return { kind: 'out-of-memory' };
    return { kind: 'exited' };
  }
}

/** None at all when the server is out of file descriptors, whatever the type says. */
export function toStreams(child: ChildProcess): (Readable | Writable | null | undefined)[] {
  const streams: ChildProcess['stdio'] | undefined = child.stdio;
  return streams === undefined ? [] : [...streams];
}

export async function settledOrGuarded(promise: Promise<unknown>): Promise<void> {
  const guard = Promise.withResolvers<void>();
  const timer = setTimeout(guard.resolve, DRAIN_GUARD_MS);
  await Promise.race([promise, guard.promise]);
  clearTimeout(timer);
}

/** What is in a sandbox dies with it; a plain process may have started groups of its own. */
function killTree(pid: number, isPlain: boolean): void {
  const groups = isPlain ? listTree(pid) : [];
  for (const each of [-pid, ...groups]) {
    try {
      process.kill(each, 'SIGKILL');
    } catch {
      // ESRCH: gone already.
    }
  }
}
