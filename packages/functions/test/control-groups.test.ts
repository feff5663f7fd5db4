import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countMarked } from '../../../tests/support/marked-processes.ts';
import { setLimits, toControlGroup } from '../src/runtime/cgroup/control-group.ts';
import { findControlGroups } from '../src/runtime/cgroup/control-groups.ts';
import { listFolder, readText } from '../src/runtime/cgroup/group-files.ts';
import { listGroupPlaces } from '../src/runtime/cgroup/group-places.ts';
import { prepareParent } from '../src/runtime/cgroup/prepare-parent.ts';
import { eventually, isAlive } from './support/function-bench.ts';

const V1_MOUNTS = `proc /proc proc rw 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0
cgroup /sys/fs/cgroup/pids cgroup rw,relatime,pids 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0`;
const V2_MOUNTS = 'cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nodev 0 0';

const places = (mounts: string, groups: string) =>
  listGroupPlaces(mounts, groups).map(({ version, folders, isOwnGroup }) => ({
    version,
    folders: [...new Set(folders.values())],
    isOwnGroup,
  }));

describe('the place of control groups', () => {
  test('is below the server’s own groups, else at the roots, with version 1', () => {
    expect(
      places(V1_MOUNTS, '4:memory:/docker/a\n3:pids:/\n1:cpu,cpuacct:/docker/a\n0::/').slice(0, 2),
    ).toEqual([
      {
        version: 1,
        folders: [
          '/sys/fs/cgroup/memory/docker/a',
          '/sys/fs/cgroup/pids',
          '/sys/fs/cgroup/cpu,cpuacct/docker/a',
        ],
        isOwnGroup: false,
      },
      {
        version: 1,
        folders: ['/sys/fs/cgroup/memory', '/sys/fs/cgroup/pids', '/sys/fs/cgroup/cpu,cpuacct'],
        isOwnGroup: false,
      },
    ]);
  });

  test.each([
    '0::/system.slice/vodstack.service\n',
    // Where a start before this one in the same process has moved it to.
    '0::/system.slice/vodstack.service/vodstack-server\n',
  ])('is below what systemd delegates, else at the root, with version 2 (%s)', (groups) => {
    expect(places(V2_MOUNTS, groups)).toEqual([
      { version: 2, folders: ['/sys/fs/cgroup/system.slice/vodstack.service'], isOwnGroup: true },
      { version: 2, folders: ['/sys/fs/cgroup'], isOwnGroup: false },
    ]);
  });

  test('is nowhere without control groups', () => {
    expect(places('', '')).toEqual([]);
    expect(places('cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0', '4:memory:/')).toEqual([]);
  });
});

describe('version 2, in a folder that stands for its file system', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vodstack-groups-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const toPlace = (isOwnGroup: boolean) => ({
    version: 2 as const,
    isOwnGroup,
    folders: new Map((['memory', 'pids', 'cpu'] as const).map((name) => [name, folder] as const)),
  });

  test('moves the server one level down to hand the controllers on, and sets the limits', async () => {
    await writeFile(join(folder, 'cgroup.controllers'), 'cpu memory pids\n');
    await writeFile(join(folder, 'cgroup.procs'), `${process.pid}\n`);
    const parent = prepareParent(toPlace(true), 'ours');
    expect(await readFile(join(folder, 'vodstack-server/cgroup.procs'), 'utf8')).toBe(String(process.pid));
    expect(parent?.folders.get('memory')).toBe(join(folder, 'ours'));
    setLimits(
      { version: 2, folders: parent?.folders ?? new Map() },
      { memoryBytes: 5e8, tasks: 9, cpus: 1.5 },
    );
    const read = (name: string): string => readText(join(folder, 'ours', name));
    expect(read('memory.max')).toBe('500000000');
    expect(read('pids.max')).toBe('9');
    expect(read('cpu.max')).toBe('150000 100000');
  });

  test.each([
    ['somebody else’s processes are in the group', '1\n', true],
    ['it is not the server’s own', `${process.pid}\n`, false],
  ])('leaves a group alone when %s', async (_why, pids, isOwnGroup) => {
    await rm(join(folder, 'cgroup.subtree_control'), { force: true });
    await writeFile(join(folder, 'cgroup.procs'), pids);
    expect(prepareParent(toPlace(isOwnGroup), 'refused')).toBeUndefined();
    expect(listFolder(folder)).not.toContain('refused');
  });
});

/** The groups of this machine that a server with this process id made. */
function groupsOf(pid: number): string[] {
  const all = listGroupPlaces(readText('/proc/self/mounts'), readText('/proc/self/cgroup'));
  const folders = all.flatMap((place) => [...place.folders.values()]);
  return folders.flatMap(listFolder).filter((name) => new RegExp(`^vodstack-\\d+-${pid}-`, 'u').test(name));
}

test('what a server that was killed left in control groups is removed at the next start', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vodstack-doomed-'));
  const script = new URL('support/doomed-server.ts', import.meta.url).pathname;
  const server = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(server.stdout, 'data');
  const pids: number[] = JSON.parse(String(line));
  server.kill('SIGKILL');
  await once(server, 'exit');
  const groups = await findControlGroups();
  await eventually(async () => (pids.some(isAlive) ? undefined : true));
  expect(groupsOf(server.pid ?? 0)).toEqual([]);
  await groups?.stop();
  expect(groupsOf(process.pid)).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});

test('what left its parent ends with its control group', async () => {
  const groups = await findControlGroups();
  const group = groups?.create({ memoryBytes: 64 * 1024 * 1024, tasks: 16, cpus: 1 });
  const [file, ...args] = group?.command ?? ['/usr/bin/env'];
  const mark = `20.${Date.now()}`;
  const parent = spawn(file, [...args, '/bin/sh', '-c', `setsid sleep ${mark} & sleep 0`], {
    stdio: 'ignore',
  });
  await once(parent, 'exit');
  await eventually(async () => ((await countMarked(mark)) === 1 ? true : undefined));
  await group?.close();
  // Where no control group can be made, nothing holds it.
  expect(await countMarked(mark)).toBe(group ? 0 : 1);
  await groups?.stop();
});

test('a control group that is not there to be limited is told by the lack of numbers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vodstack-groups-'));
  await mkdir(join(folder, 'empty'));
  const group = toControlGroup({ version: 1, folders: new Map([['memory', join(folder, 'empty')]]) });
  expect(group.ownBytes()).toBeUndefined();
  expect(group.hasMetLimit()).toBe(false);
  await group.close();
  expect(listFolder(folder)).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});
