import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DeployedFunction } from '../function-store.ts';
import { toRuntimeKind, type RuntimeKind } from '../runtime-kind.ts';
import type { Interpreter, Interpreters } from './interpreters.ts';
import { LaunchError } from './launch-error.ts';

/** What runs a function, with the paths of this machine. */
export interface RuntimeCommand {
  interpreter: Interpreter;
  options: string[];
  bootstrap: string;
}

const BOOTSTRAPS: Record<RuntimeKind, string> = {
  node: fileURLToPath(new URL('node-bootstrap.cjs', import.meta.url)),
  python: fileURLToPath(new URL('python-bootstrap.py', import.meta.url)),
};
/** Below this much heap Node has trouble to start at all. */
const MIN_HEAP_MB = 64;
/** Address space that V8 reserves as writable for each isolate (512 MB for code); the watch over memory is what limits. */
const DATA_MARGIN_MB: Record<RuntimeKind, number> = { node: 2048, python: 1024 };

/** @throws LaunchError */
export function toRuntimeCommand(fn: DeployedFunction, { node, python }: Interpreters): RuntimeCommand {
  if (kindOf(fn) === 'node') {
    return { interpreter: node, options: toNodeOptions(fn), bootstrap: BOOTSTRAPS.node };
  }
  if (python) return { interpreter: python, options: [], bootstrap: BOOTSTRAPS.python };
  throw new LaunchError(
    'The function needs Python 3.6 or newer and there is no such python3 on this machine: install it and start the server again.',
  );
}

/** A single process that asks for far more than its memory is refused at once; files and core dumps are limited as in the cloud. */
export function toLimits(fn: DeployedFunction): string[] {
  const dataBytes = (fn.memoryMb + DATA_MARGIN_MB[kindOf(fn)]) * 1024 * 1024;
  return ['--nofile=1024:1024', '--core=0:0', `--data=${dataBytes}:${dataBytes}`];
}

/** Where the interpreter and the bootstraps are inside a sandbox, and what has to be bound for that. */
export function toSandboxCommand({ interpreter, bootstrap }: RuntimeCommand): {
  interpreter: string;
  bootstrap: string;
  binds: [string, string][];
} {
  const target = `/var/runtime/${bootstrap.endsWith('.py') ? 'bootstrap.py' : 'bootstrap.cjs'}`;
  const { path, binds } = toSandboxInterpreter(interpreter);
  return { interpreter: path, bootstrap: target, binds: [...binds, [bootstrap, target]] };
}

export function toSandboxInterpreter({ file, prefix }: Interpreter): {
  path: string;
  binds: [string, string][];
} {
  if (prefix === undefined)
    return { path: '/var/lang/node/bin/node', binds: [[file, '/var/lang/node/bin/node']] };
  const folders = [dirname(file), prefix].filter((folder) => !folder.startsWith('/usr'));
  return { path: file, binds: [...new Set(folders)].map((folder) => [folder, folder]) };
}

/** The cloud's paths of its interpreters, which every scf_bootstrap names. */
export function toCloudLinks({ node, python }: Interpreters): [path: string, target: string][] {
  const nodes = [10, 12, 14, 16, 18, 20, 22, 24].map((major) => `/var/lang/node${major}/bin/node`);
  const pythons = ['3', '36', '37', '39', '310', '311'].map((name) => `/var/lang/python${name}/bin/python3`);
  const nodePath = toSandboxInterpreter(node).path;
  return [
    ...nodes.map((path): [string, string] => [path, nodePath]),
    ...(python ? pythons.map((path): [string, string] => [path, python.file]) : []),
  ];
}

const kindOf = (fn: DeployedFunction): RuntimeKind => toRuntimeKind(fn.runtime) ?? 'node';

function toNodeOptions({ memoryMb }: DeployedFunction): string[] {
  return [
    `--max-old-space-size=${Math.max(MIN_HEAP_MB, memoryMb)}`,
    // Says that an ES module in a .js file costs a second parse: no use in the log of a request.
    '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
    // The official SDK still uses punycode and url.parse(): two deprecation warnings in every log that it appears in.
    '--disable-warning=DEP0040',
    '--disable-warning=DEP0169',
  ];
}
