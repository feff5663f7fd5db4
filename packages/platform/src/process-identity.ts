import { readFileSync } from 'node:fs';

/**
 * A name for this very process: `<pid>-<start>`. The start keeps apart the processes that had the same id, which in
 * a container is every one of them. Outside Linux the start is unknown and written as 0.
 */
export function currentProcessIdentity(): string {
  return `${process.pid}-${readStart(process.pid)}`;
}

/** Whether the process that gave itself this name still runs. */
export function isIdentityAlive(identity: string): boolean {
  const [, pid, start] = /^(\d+)-([0-9a-z]+)$/.exec(identity) ?? [];
  if (pid === undefined || start === undefined) return false;
  return isPidAlive(Number(pid)) && readStart(Number(pid)) === start;
}

/** Whether any process has this id. */
export function isPidAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, as another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function readStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the name in parentheses, may itself hold blanks and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie is dead: in a container whose first process reaps nobody, it stays for ever.
    if (fields[0] === 'Z') return 'dead';
    const ticksSinceBoot = fields[19] ?? '0';
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
    return `${boot}t${ticksSinceBoot}`;
  } catch {
    return '0';
  }
}
