/** A start that cannot go on for a reason the owner can fix. The message is one sentence; the exit code is 1. */
export class StartupError extends Error {
  override readonly name: string = 'StartupError';
  readonly exitCode: number = 1;
}

/** The system error code (`ENOENT`, `EADDRINUSE`, …) of an unknown error, or undefined. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** A readable sentence of an unknown error. */
export function errorMessage(error: unknown): string {
  // A host name with several addresses: one error for each, and none of its own to say.
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map(errorMessage).join('; ');
  return error instanceof Error ? error.message : String(error);
}
