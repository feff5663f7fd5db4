import type { FunctionDetails } from './function-details.ts';
import { FunctionError } from './function-error.ts';

interface Typed {
  details?: FunctionDetails | undefined;
}

/** A web function: a program that listens on port 9000 and gets HTTP requests as they are (583/56124). */
export function isWebFunction({ details }: Typed): boolean {
  return details?.type === 'HTTP';
}

/** At the top of a web function's package: starts its server. */
export const WEB_BOOTSTRAP = 'scf_bootstrap';
export const WEB_PORT = 9000;

/** How many requests one instance serves at once. */
export function toConcurrency({ details }: Typed): number {
  return isWebFunction({ details }) ? (details?.maxConcurrency ?? 1) : 1;
}

/** @throws FunctionError UnsupportedOperation */
export function assertEventFunction(fn: Typed & { name: string }): void {
  if (!isWebFunction(fn)) return;
  throw new FunctionError(
    'UnsupportedOperation',
    `"${fn.name}" is a web function: it is called through its function URL or its gateway address.`,
  );
}
