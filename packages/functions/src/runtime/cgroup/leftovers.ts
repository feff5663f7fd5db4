import { readlinkSync } from 'node:fs';
import { toControlGroup } from './control-group.ts';
import { listFolder, readText, removeFolder } from './group-files.ts';
import type { GroupPlace } from './group-places.ts';

/**
 * The beginning of a group's name that tells whose it is: the process id alone may be somebody else's by now, or mean
 * another process in another container.
 */
export function toOwner(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  // What is in brackets is the program's name and may hold anything.
  const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return startedAt === undefined ? undefined : `vodstack-${pidNamespace()}-${pid}-${startedAt}`;
}

/** Ends what servers of this machine left running that are no more, and removes its groups. */
export async function removeLeftovers({ version, folders }: GroupPlace): Promise<void> {
  for (const folder of new Set(folders.values())) {
    for (const name of listFolder(folder).filter(isOrphaned)) {
      const parent = `${folder}/${name}`;
      const inner = listFolder(parent).filter((each) => /^\d+$/u.test(each));
      const groups = inner.map((each) =>
        toControlGroup({ version, folders: new Map([['pids', `${parent}/${each}`]]) }),
      );
      await Promise.all(groups.map((group) => group.close()));
      removeFolder(parent);
    }
  }
}

function isOrphaned(name: string): boolean {
  const [, owner, namespace, pid] = /^(vodstack-(\d+)-(\d+)-\d+)-[\da-f]{8}$/u.exec(name) ?? [];
  return namespace === pidNamespace() && toOwner(Number(pid)) !== owner;
}

const pidNamespace = (): string => readlinkSync('/proc/self/ns/pid').replaceAll(/\D/gu, '');
