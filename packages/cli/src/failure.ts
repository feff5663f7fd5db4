import { StartupError, systemErrorCode } from '@vodstack/platform';

/** One line about what went wrong, with the API's code and request id where there are any. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, requestId } = error as { code?: unknown; requestId?: unknown };
  const suffix = typeof requestId === 'string' && requestId !== '' ? ` (RequestId ${requestId})` : '';
  return typeof code === 'string' && !error.message.includes(code)
    ? `${code}: ${error.message}${suffix}`
    : `${error.message}${suffix}`;
}

/** Turns "connection refused" and its kin into a sentence that says what to do. */
export function explainConnection(error: unknown, endpoint: string): unknown {
  const codes = [error, error instanceof Error ? error.cause : undefined].map(systemErrorCode);
  const isUnreachable = codes.some((code) => code && ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT'].includes(code));
  return isUnreachable
    ? new StartupError(`No server answers at ${endpoint}: start one with "vodstack up", or name another with --endpoint.`)
    : error;
}
