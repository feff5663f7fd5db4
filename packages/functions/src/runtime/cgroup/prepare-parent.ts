import { mkdirSync, writeFileSync } from 'node:fs';
import { listTree } from '../process-tree.ts';
import type { GroupFolders } from './control-group.ts';
import { readPids, readText } from './group-files.ts';
import { SERVER_GROUP, type Controller, type GroupPlace } from './group-places.ts';

/** Makes the folder of this name below which the groups of one server are. Undefined where that is not allowed. */
export function prepareParent(place: GroupPlace, name: string): GroupFolders | undefined {
  const { version } = place;
  try {
    if (version === 2) enableControllers(place);
    const folders = new Map<Controller, string>();
    for (const [controller, folder] of place.folders) {
      const parent = `${folder}/${name}`;
      mkdirSync(parent, { recursive: true });
      folders.set(controller, parent);
      if (version === 2) enableIn(parent);
    }
    return { version, folders };
  } catch {
    return undefined;
  }
}

/**
 * Version 2 lets a group have processes, or groups with controllers below it, never both: the server's own processes move
 * one level down. Only where it has the group to itself, as a service to which systemd delegates.
 */
function enableControllers({ folders, isOwnGroup }: GroupPlace): void {
  const folder = folders.get('memory') ?? '';
  if (hasControllers(`${folder}/cgroup.subtree_control`)) return;
  if (!isOwnGroup || !hasControllers(`${folder}/cgroup.controllers`)) {
    throw new Error('the controllers are not delegated to this server');
  }
  const own = new Set(listTree(process.pid));
  const pids = readPids(folder);
  if (!pids.every((pid) => own.has(pid))) throw new Error('the group is not the server’s alone');
  const inner = `${folder}/${SERVER_GROUP}`;
  mkdirSync(inner, { recursive: true });
  for (const pid of pids) writeFileSync(`${inner}/cgroup.procs`, String(pid));
  enableIn(folder);
}

function hasControllers(file: string): boolean {
  const names = readText(file).split(/\s/u);
  return names.includes('memory') && names.includes('pids');
}

function enableIn(folder: string): void {
  const file = `${folder}/cgroup.subtree_control`;
  writeFileSync(file, '+memory +pids');
  try {
    // By itself: it may be missing where the others are not.
    writeFileSync(file, '+cpu');
  } catch {
    // Functions then share the processor as all processes do.
  }
}
