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

const UNREACHABLE = /\b(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)\b/;
const CUT_OFF = /\b(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)\b|socket hang up/;

/** Turns "connection refused" and its kin into a sentence that says what to do. */
export function explainConnection(error: unknown, endpoint: string): unknown {
  const signs = describeCauses(error);
  if (UNREACHABLE.test(signs)) {
    return new StartupError(
      `No server answers at ${endpoint}: start one with "vodstack up", or name another with --endpoint.`,
      { cause: error },
    );
  }
  if (!CUT_OFF.test(signs)) return error;
  return new StartupError(
    `The connection to ${endpoint} was cut off: is the server still running? Try again.`,
    {
      cause: error,
    },
  );
}

/** The official SDK keeps only the message of what went wrong beneath it, fetch only the cause. */
function describeCauses(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const parts = error instanceof AggregateError ? error.errors.map(describeCauses) : [];
  // What the server itself answered has a request id, and may speak of anything.
  const isAnswer = 'requestId' in error && error.requestId !== '';
  return [systemErrorCode(error), isAnswer ? '' : error.message, describeCauses(error.cause), ...parts].join(
    ' ',
  );
}
