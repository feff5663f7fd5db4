import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A program that functions run on. */
export interface Interpreter {
  /** The executable, links resolved: no version manager's shim. */
  file: string;
  /** The folder that holds its libraries; undefined when the executable is enough. */
  prefix: string | undefined;
  /** Such as `3.11.2`. */
  version: string;
}

export interface Interpreters {
  node: Interpreter;
  /** Undefined: there is none on PATH, or it is older than 3.6. */
  python: Interpreter | undefined;
}

const PROBE_TIMEOUT_MS = 10_000;
const PYTHON_PROBE =
  'import sys; print(sys.executable); print(sys.base_prefix); print("%d.%d.%d" % sys.version_info[:3])';

/** The system's first: found at once, and part of every sandbox. The one of PATH may be a version manager's slow script. */
const PYTHONS = ['/usr/bin/python3', 'python3'];

/** Functions run on the server's own Node, and on the system's `python3` or the first of PATH. */
export async function findInterpreters(): Promise<Interpreters> {
  const [file, python] = await Promise.all([realpath(process.execPath), findPython()]);
  return { node: { file, prefix: undefined, version: process.versions.node }, python };
}

async function findPython(): Promise<Interpreter | undefined> {
  for (const command of PYTHONS) {
    const found = await probePython(command);
    if (found) return found;
  }
  return undefined;
}

async function probePython(command: string): Promise<Interpreter | undefined> {
  const probe = promisify(execFile)(command, ['-c', PYTHON_PROBE], { timeout: PROBE_TIMEOUT_MS });
  const output = await probe.then(
    ({ stdout }) => stdout,
    () => '',
  );
  const [executable = '', prefix = '', version = ''] = output.split('\n');
  if (!isRecentEnough(version)) return undefined;
  return { file: await realpath(executable), prefix: await realpath(prefix), version };
}

function isRecentEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major === 3 && minor >= 6;
}
