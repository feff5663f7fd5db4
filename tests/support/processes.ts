import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/** The processes that work in the folder or below it, or name it in their command line. Zombies do not count. */
export function findProcesses(folder: string): FoundProcess[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.flatMap((pid) => {
    if (pid === process.pid) return [];
    const command = read(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
    const cwd = read(() => readlinkSync(`/proc/${pid}/cwd`));
    const isThere = command.includes(folder) || cwd === folder || cwd.startsWith(`${folder}/`);
    return isThere ? [{ pid, command }] : [];
  });
}

/** The ffmpeg processes that transcode for the server with this data folder. */
export function findEncoders(dataFolder: string): FoundProcess[] {
  return findProcesses(`${dataFolder}/scratch`).filter(({ command }) => command.includes('ffmpeg'));
}

/** Whether a process of this number lives. */
export function isAlive(pid: number): boolean {
  const state = /^State:\s+(\w)/m.exec(read(() => readFileSync(`/proc/${pid}/status`, 'utf8')))?.[1];
  return state !== undefined && state !== 'Z';
}

/** In bytes: the most memory that the process has had resident (`VmHWM`), or has now (`VmRSS`). */
export function readMemory(pid: number, figure: 'VmHWM' | 'VmRSS'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${figure}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
}

/** A process may end while it is looked at. */
function read(look: () => string): string {
  try {
    return look();
  } catch {
    return '';
  }
}
