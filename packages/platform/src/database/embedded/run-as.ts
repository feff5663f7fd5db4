import { join } from 'node:path';
import type { PostgresBinaries } from './binaries.ts';

/** Under whose identity PostgreSQL runs, which decides where its files may lie. */
export interface RunAs {
  /** One sentence for the owner. */
  readonly description: string;
  /** Holds the cluster, the socket and the log. */
  readonly home: string;
  readonly binaries: PostgresBinaries;
  /** Owner of new files in `home`, when it is not this process's own. */
  readonly owner?: { uid: number; gid: number };
  toCommand(program: 'initdb' | 'postgres', args: readonly string[]): Command;
}

export interface Command {
  file: string;
  args: string[];
  options: CommandOptions;
}

export interface CommandOptions {
  cwd: string;
  env: Record<string, string>;
  uid?: number;
  gid?: number;
}

/** Nothing of our own environment: it holds secrets, and PG* variables that would change what PostgreSQL does. */
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

// A working folder that every uid may enter.
const BASE_OPTIONS: CommandOptions = { cwd: '/', env: ENVIRONMENT };

/** A normal user starts PostgreSQL as itself. */
export function runAsSelf(home: string, binaries: PostgresBinaries): RunAs {
  return {
    description: 'PostgreSQL runs as this user.',
    home,
    binaries,
    toCommand: (program, args) => ({
      file: join(binaries.folder, 'bin', program),
      args: [...args],
      options: BASE_OPTIONS,
    }),
  };
}

/**
 * PostgreSQL refuses to run as root. In a user namespace it sees another uid, while files stay ours and reachable in
 * folders that only we may enter.
 */
export function runInNamespace(home: string, binaries: PostgresBinaries, uid: number): RunAs {
  return {
    description: `PostgreSQL runs in a user namespace, where this user appears as uid ${uid}.`,
    home,
    binaries,
    toCommand: (program, args) => ({
      file: 'unshare',
      args: [...namespaceArgs(uid), join(binaries.folder, 'bin', program), ...args],
      options: BASE_OPTIONS,
    }),
  };
}

export function namespaceArgs(uid: number): string[] {
  return ['--user', `--map-user=${uid}`, `--map-group=${uid}`, '--'];
}

/** Root starts PostgreSQL as another uid, which must be able to reach the home and the binaries. */
export function runAsOther(
  home: string,
  binaries: PostgresBinaries,
  owner: { uid: number; gid: number },
): RunAs {
  return {
    description: `PostgreSQL runs as uid ${owner.uid}, with its files in ${home}.`,
    home,
    binaries,
    owner,
    toCommand: (program, args) => ({
      file: join(binaries.folder, 'bin', program),
      args: [...args],
      options: { ...BASE_OPTIONS, ...owner },
    }),
  };
}
