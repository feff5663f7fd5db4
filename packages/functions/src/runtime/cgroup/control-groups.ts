import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { succeeds } from '../sandbox/find-programs.ts';
import {
  setLimits,
  toControlGroup,
  type ControlGroup,
  type GroupFolders,
  type GroupLimits,
} from './control-group.ts';
import { listGroupPlaces, type Controller } from './group-places.ts';
import { readText, removeFolder } from './group-files.ts';
import { removeLeftovers, toOwner } from './leftovers.ts';
import { prepareParent } from './prepare-parent.ts';

/** Makes the control groups of one server's functions. */
export interface ControlGroups {
  readonly version: 1 | 2;
  /** Undefined when the kernel refuses one more: the function then runs without. */
  create(limits: GroupLimits): ControlGroup | undefined;
  /** Resolves when every group is gone, and what held them as well. */
  stop(): Promise<void>;
}

const PROBE_LIMITS: GroupLimits = { memoryBytes: 256 * 1024 * 1024, tasks: 64, cpus: 1 };

/**
 * Tries what this machine allows, by running a program in a group, and removes what servers left behind that are no more.
 *
 * @returns undefined when the server may not make control groups with the controllers that are needed
 */
export async function findControlGroups(): Promise<ControlGroups | undefined> {
  const places = listGroupPlaces(readText('/proc/self/mounts'), readText('/proc/self/cgroup'));
  for (const place of places) {
    await removeLeftovers(place);
    const parent = prepareParent(place, `${toOwner(process.pid)}-${randomUUID().slice(0, 8)}`);
    if (parent === undefined) continue;
    const groups = new ServerGroups(parent);
    if (await canRun(groups)) return groups;
    await groups.stop();
  }
  return undefined;
}

class ServerGroups implements ControlGroups {
  readonly version: 1 | 2;
  readonly #parent: GroupFolders;
  readonly #open = new Set<ControlGroup>();
  #count = 0;

  constructor(parent: GroupFolders) {
    this.version = parent.version;
    this.#parent = parent;
  }

  create(limits: GroupLimits): ControlGroup | undefined {
    this.#count += 1;
    const folders = new Map<Controller, string>();
    for (const [controller, parent] of this.#parent.folders) {
      folders.set(controller, `${parent}/${this.#count}`);
    }
    const place = { version: this.version, folders };
    const group = toControlGroup(place, () => this.#open.delete(group));
    this.#open.add(group);
    try {
      for (const folder of new Set(folders.values())) mkdirSync(folder);
      setLimits(place, limits);
      return group;
    } catch {
      void group.close();
      return undefined;
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#open].map((group) => group.close()));
    for (const folder of new Set(this.#parent.folders.values())) removeFolder(folder);
  }
}

async function canRun(groups: ControlGroups): Promise<boolean> {
  const group = groups.create(PROBE_LIMITS);
  if (!group) return false;
  const [file, ...args] = group.command;
  const hasRun = await succeeds(file, [...args, '/bin/true']);
  await group.close();
  return hasRun;
}
