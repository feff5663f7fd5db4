/** Controllers that hold functions to their limits. `cpu` is a gain, the others are needed. */
export type Controller = 'memory' | 'pids' | 'cpu';

/** Folders of the control group file system below which groups can be tried. */
export interface GroupPlace {
  version: 1 | 2;
  /** Version 1 has a tree for each controller, version 2 one for all. */
  folders: ReadonlyMap<Controller, string>;
  /** Whether the processes of the server's own group stand in the way of groups below it: a rule of version 2. */
  isOwnGroup: boolean;
}

/** Where the server's own processes go when its group is needed for the functions' groups. */
export const SERVER_GROUP = 'vodstack-server';
const CONTROLLERS: readonly Controller[] = ['memory', 'pids', 'cpu'];

/**
 * Where groups may be made, the best first: below the server's own group, whose limits then hold for functions as well,
 * or at the root of what is mounted.
 *
 * @param mounts the text of /proc/self/mounts
 * @param groups the text of /proc/self/cgroup
 */
export function listGroupPlaces(mounts: string, groups: string): GroupPlace[] {
  const own = parseOwnGroups(groups);
  const roots = parseMounts(mounts);
  const places: GroupPlace[] = [];
  for (const isOwn of [true, false]) {
    const folders = new Map<Controller, string>();
    for (const controller of CONTROLLERS) {
      const root = roots.v1.get(controller);
      const path = isOwn ? own.get(controller) : '/';
      if (root !== undefined && path !== undefined) folders.set(controller, join(root, path));
    }
    if (folders.has('memory') && folders.has('pids')) places.push({ version: 1, folders, isOwnGroup: false });
  }
  // An earlier start of this process may have moved it there.
  const path = own.get('')?.replace(new RegExp(`/${SERVER_GROUP}$`, 'u'), '') || '/';
  if (roots.v2 === undefined) return places;
  for (const each of new Set([path, '/'])) {
    const folder = join(roots.v2, each);
    const folders = new Map(CONTROLLERS.map((controller) => [controller, folder] as const));
    places.push({ version: 2, folders, isOwnGroup: each === path });
  }
  return places;
}

/** `4:memory,hugetlb:/path` of version 1, `0::/path` of version 2. */
function parseOwnGroups(text: string): Map<string, string> {
  const entries = text.split('\n').flatMap((line) => {
    const [, names = '', path = ''] = /^\d+:([^:]*):(\/.*)$/u.exec(line) ?? [];
    return path === '' ? [] : names.split(',').map((name) => [name, path] as const);
  });
  return new Map(entries);
}

function parseMounts(text: string): { v1: Map<string, string>; v2: string | undefined } {
  const v1 = new Map<string, string>();
  let v2: string | undefined;
  for (const line of text.split('\n')) {
    const [, folder = '', type, options = ''] = line.split(' ');
    if (type === 'cgroup2') v2 ??= folder;
    if (type === 'cgroup') for (const name of options.split(',')) if (!v1.has(name)) v1.set(name, folder);
  }
  return { v1, v2 };
}

const join = (folder: string, path: string): string => (path === '/' ? folder : folder + path);
