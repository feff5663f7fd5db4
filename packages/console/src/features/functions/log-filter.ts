/** What of the requests is shown, as the address of the page keeps it. */
export interface LogFilter {
  outcome?: LogResult | undefined;
  /** In what the request wrote. */
  text?: string | undefined;
  /** A whole RequestId. */
  id?: string | undefined;
  since?: LogSince | undefined;
  /** Nothing newer than this time (ISO 8601): the list stands still. */
  until?: string | undefined;
  version?: string | undefined;
}

/** The choices of the cloud's log page, as the server's query has them. */
export const LOG_RESULTS = {
  succeeded: { succeeded: '1' },
  failed: { failed: '1' },
  timeout: { statusCodes: '433' },
  memory: { statusCodes: '434' },
  exception: { statusCodes: '430' },
} as const;
export type LogResult = keyof typeof LOG_RESULTS;

export const LOG_SINCE = { quarter: 0.25, hour: 1, day: 24, week: 168 } as const;
export type LogSince = keyof typeof LOG_SINCE;

const HOUR_MS = 3_600_000;

/** Of an address, whatever is in it. */
export function parseLogFilter(search: Record<string, unknown>): LogFilter {
  const { outcome, since, until } = search;
  return {
    ...(isKey(LOG_RESULTS, outcome) ? { outcome } : {}),
    ...(isKey(LOG_SINCE, since) ? { since } : {}),
    ...(typeof until === 'string' && !Number.isNaN(Date.parse(until)) ? { until } : {}),
    ...filled('text', search),
    ...filled('id', search),
    ...filled('version', search),
  };
}

/** Whether anything but the standstill keeps requests out. */
export function isFiltered({ until: _until, ...filter }: LogFilter): boolean {
  return Object.values(filter).some((value) => value !== undefined);
}

export function toLogQuery(filter: LogFilter, now: Date): URLSearchParams {
  const { outcome, text, id, since, until, version } = filter;
  const query = new URLSearchParams(outcome === undefined ? {} : LOG_RESULTS[outcome]);
  if (text !== undefined) query.set('text', text);
  if (id !== undefined) query.set('requestId', id);
  if (version !== undefined) query.set('qualifier', version);
  if (until !== undefined) query.set('before', until);
  if (since !== undefined) {
    const end = until === undefined ? now.getTime() : Date.parse(until);
    query.set('after', new Date(end - LOG_SINCE[since] * HOUR_MS).toISOString());
  }
  return query;
}

function isKey<Choices extends object>(choices: Choices, value: unknown): value is keyof Choices {
  return typeof value === 'string' && Object.hasOwn(choices, value);
}

/** Versions look like numbers, and are read as such. */
function filled(name: 'text' | 'id' | 'version', search: Record<string, unknown>): LogFilter {
  const value = search[name];
  const content = typeof value === 'number' ? String(value) : value;
  return typeof content === 'string' && content !== '' ? { [name]: content } : {};
}
