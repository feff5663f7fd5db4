/** Why a call to the server failed, for a person and for the code that steers on it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The cloud's error code, when the answer was an envelope with an error. */
  readonly code: string | null;

  constructor(message: string, details: { status: number; code?: string; cause?: unknown }) {
    super(message, { cause: details.cause });
    this.status = details.status;
    this.code = details.code ?? null;
  }
}

/** The session has ended: the sign-in page must be shown. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}

/** No answer at all, or only one from a proxy in front: the server is down or the network is. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || (error.status >= 502 && error.status <= 504));
}
