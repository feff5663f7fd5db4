/** The languages that functions run in here. */
export type RuntimeKind = 'node' | 'python';

/** What the handler's file may end with, in the order in which the runtime looks for it. */
export const HANDLER_EXTENSIONS: Readonly<Record<RuntimeKind, readonly string[]>> = {
  node: ['.js', '.cjs', '.mjs'],
  python: ['.py'],
};

/** Any `Nodejs*` runs on the Node of this server, any `Python3*` on the Python 3 of this machine; undefined: cannot run here. */
export function toRuntimeKind(runtime: string): RuntimeKind | undefined {
  if (/^Nodejs\d/u.test(runtime)) return 'node';
  return runtime.startsWith('Python3') ? 'python' : undefined;
}
