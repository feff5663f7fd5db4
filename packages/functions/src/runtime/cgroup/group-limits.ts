import type { DeployedFunction } from '../../function-store.ts';
import { SANDBOX_TMP_BYTES } from '../sandbox/create-sandbox.ts';
import type { GroupLimits } from './control-group.ts';
import type { ControlGroups } from './control-groups.ts';

const MEGABYTE = 1024 * 1024;
/** Besides the function's own memory and /tmp: /dev/shm, the kernel's share, and what carries a web function's requests. */
const GROUP_MARGIN_BYTES = 256 * MEGABYTE;
/** As in the cloud, and the few of ours. */
const GROUP_TASKS = 1024 + 32;
/** As in the cloud, processor time goes with memory; never less than a core, or starts would take longer. */
const MB_PER_CPU = 1024;

export function toGroupLimits({ memoryMb }: DeployedFunction): GroupLimits {
  return {
    memoryBytes: memoryMb * MEGABYTE + SANDBOX_TMP_BYTES + GROUP_MARGIN_BYTES,
    tasks: GROUP_TASKS,
    cpus: Math.max(1, memoryMb / MB_PER_CPU),
  };
}

/** For people. */
export function describeLimits(groups: ControlGroups | undefined): string {
  return groups
    ? `limits by cgroup v${groups.version}`
    : 'limits by watching, because cgroups cannot be made here';
}
