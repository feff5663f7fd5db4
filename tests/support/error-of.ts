/** What the official SDK makes of an error answer. */
export interface SdkError {
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
}

/** The error that a call ends with. @throws Error when it succeeds */
export async function errorOf(call: Promise<unknown>): Promise<SdkError> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error: error as SdkError }),
  );
  if ('error' in outcome) return outcome.error;
  throw new Error(`an error was expected, got ${JSON.stringify(outcome.value)}`);
}
