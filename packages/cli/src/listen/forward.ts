/** What became of one forwarded event. */
export type Forwarded =
  | { readonly status: number; readonly durationMs: number }
  | { readonly error: string; readonly durationMs: number };

/** As long as the cloud waits for an answer to its callback. */
const TIMEOUT_MS = 5000;

/** Posts an event as VOD's callback would. Never rejects: no answer is a result, too. */
export async function forwardEvent(url: string, body: string): Promise<Forwarded> {
  const began = performance.now();
  const tookMs = (): number => Math.round(performance.now() - began);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return { status: response.status, durationMs: tookMs() };
  } catch (error) {
    return { error: describe(error), durationMs: tookMs() };
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS} ms`;
  const { cause } = error;
  return cause instanceof Error && cause.message ? cause.message : error.message;
}
