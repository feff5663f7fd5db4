import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { readPids, readText, removeFolder } from './group-files.ts';
import type { Controller, GroupPlace } from './group-places.ts';

/** What one instance may use. */
export interface GroupLimits {
  memoryBytes: number;
  /** Processes and threads. */
  tasks: number;
  /** Of processor time: 1 is one core. */
  cpus: number;
}

/** The kernel's own limits around one process and everything that it ever starts. */
export interface ControlGroup {
  /** To be put in front of a command: it enters the group before anything else of it runs. */
  readonly command: readonly [string, ...string[]];
  /** What belongs to the processes alone, files in memory excluded. Undefined when the group is gone. */
  ownBytes(): number | undefined;
  /** The kernel has ended a process of the group because there was no memory left for it. */
  hasMetLimit(): boolean;
  /** Ends everything in it and removes it. Idempotent. Never rejects. */
  close(): Promise<void>;
}

/** The folders of one group. */
export type GroupFolders = Pick<GroupPlace, 'version' | 'folders'>;

/** Enters each of the groups that are named before `--`, then becomes the command after it. */
const ENTER =
  'while [ "$1" != -- ]; do echo 0 > "$1/cgroup.procs" || exit 126; shift; done; shift; exec "$@"';
const CPU_PERIOD_US = 100_000;
/** Killed processes leave within milliseconds; one that the kernel cannot end must not hold the server up. */
const CLOSE_ATTEMPTS = 100;
const CLOSE_WAIT_MS = 10;

/** What is written, in this order, and whether a kernel may lack the file. */
const SETTINGS: Record<1 | 2, (limits: GroupLimits) => [Controller, string, string | number, 'optional'?][]> =
  {
    1: ({ memoryBytes, tasks, cpus }) => [
      ['memory', 'memory.limit_in_bytes', memoryBytes],
      ['memory', 'memory.memsw.limit_in_bytes', memoryBytes, 'optional'],
      ['pids', 'pids.max', tasks],
      ['cpu', 'cpu.cfs_period_us', CPU_PERIOD_US, 'optional'],
      ['cpu', 'cpu.cfs_quota_us', Math.round(cpus * CPU_PERIOD_US), 'optional'],
    ],
    2: ({ memoryBytes, tasks, cpus }) => [
      ['memory', 'memory.max', memoryBytes],
      ['memory', 'memory.swap.max', 0, 'optional'],
      ['memory', 'memory.oom.group', 1, 'optional'],
      ['pids', 'pids.max', tasks],
      ['cpu', 'cpu.max', `${Math.round(cpus * CPU_PERIOD_US)} ${CPU_PERIOD_US}`, 'optional'],
    ],
  };

/** Of a group with these folders, whatever its limits are. */
export function toControlGroup(place: GroupFolders, onClosed: () => void = () => undefined): ControlGroup {
  return new KernelGroup(place, onClosed);
}

/** Sets the limits of a group whose folders exist. @throws when the kernel refuses them */
export function setLimits({ version, folders }: GroupFolders, limits: GroupLimits): void {
  for (const [controller, file, value, isOptional] of SETTINGS[version](limits)) {
    const folder = folders.get(controller);
    if (folder === undefined) continue;
    try {
      writeFileSync(`${folder}/${file}`, String(value));
    } catch (error) {
      if (isOptional === undefined) throw error;
    }
  }
}

class KernelGroup implements ControlGroup {
  readonly command: readonly [string, ...string[]];
  readonly #version: 1 | 2;
  readonly #folders: readonly string[];
  readonly #memory: string;
  readonly #pids: string;
  readonly #onClosed: () => void;
  #hasMetLimit = false;
  #closing: Promise<void> | undefined;

  constructor({ version, folders }: GroupFolders, onClosed: () => void) {
    this.#version = version;
    this.#onClosed = onClosed;
    this.#folders = [...new Set(folders.values())];
    this.#memory = folders.get('memory') ?? '';
    this.#pids = folders.get('pids') ?? '';
    this.command = ['/bin/sh', '-c', ENTER, 'sh', ...this.#folders, '--'];
  }

  ownBytes(): number | undefined {
    const name = this.#version === 1 ? 'total_rss' : 'anon';
    return readNumber(`${this.#memory}/memory.stat`, name);
  }

  hasMetLimit(): boolean {
    const file = this.#version === 1 ? 'memory.oom_control' : 'memory.events';
    this.#hasMetLimit ||= (readNumber(`${this.#memory}/${file}`, 'oom_kill') ?? 0) > 0;
    return this.#hasMetLimit;
  }

  close(): Promise<void> {
    // What is asked after the end is answered from here.
    this.hasMetLimit();
    return (this.#closing ??= this.#close().finally(this.#onClosed));
  }

  async #close(): Promise<void> {
    // What cannot fork any more cannot run away from being killed one by one.
    tryTo(() => writeFileSync(`${this.#pids}/pids.max`, '0'));
    for (let attempt = 0; attempt < CLOSE_ATTEMPTS; attempt += 1) {
      for (const pid of readPids(this.#pids)) tryTo(() => process.kill(pid, 'SIGKILL'));
      if (this.#folders.map(removeFolder).every(Boolean)) return;
      await wait(CLOSE_WAIT_MS);
    }
  }
}

function readNumber(path: string, name: string): number | undefined {
  const line = readText(path)
    .split('\n')
    .find((each) => each.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

function tryTo(action: () => void): void {
  try {
    action();
  } catch {
    // Gone already, or not there.
  }
}
