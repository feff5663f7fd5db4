/** Event and response of a synchronous call (583/11637). */
export const MAX_PAYLOAD_BYTES: number = 6 * 1024 * 1024;
/** What one request may log, and how long one line may be. */
export const MAX_LOG_BYTES: number = 1024 * 1024;
export const MAX_LOG_LINES: number = 5000;
export const MAX_LINE_CHARS: number = 8 * 1024;
/** `LogType=Tail` answers this much of the log's end. */
export const TAIL_LOG_BYTES: number = 4 * 1024;
/** `Invoke` waits this long for a function; the function itself may go on. */
export const MAX_INVOKE_MS: number = 300_000;
/** Event of an asynchronous call. */
export const MAX_ASYNC_EVENT_BYTES: number = 128 * 1024;
