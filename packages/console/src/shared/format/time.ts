export interface TimeOptions {
  locale: string;
  /** IANA name; the browser's own when absent. */
  timeZone?: string;
}

/** Day and minute; the year only when it is not the current one. @param iso an ISO 8601 time. */
export function formatDayTime(iso: string, now: Date, options: TimeOptions): string {
  const time = new Date(iso);
  const sameYear = time.getFullYear() === now.getFullYear();
  return format(time, options, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    ...(sameYear ? {} : { year: 'numeric' }),
  });
}

/** Day and second, for a list of requests. */
export function formatDaySecond(iso: string, options: TimeOptions): string {
  return format(new Date(iso), options, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}

/** Clock time to the millisecond, for logs and timelines. */
export function formatClock(iso: string, options: TimeOptions): string {
  return format(new Date(iso), options, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
  });
}

/** Everything, for titles and details. */
export function formatFullTime(iso: string, options: TimeOptions): string {
  return format(new Date(iso), options, { dateStyle: 'medium', timeStyle: 'medium' });
}

function format(time: Date, options: TimeOptions, parts: Intl.DateTimeFormatOptions): string {
  if (Number.isNaN(time.getTime())) return '–';
  return new Intl.DateTimeFormat(options.locale, {
    hourCycle: 'h23',
    ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }),
    ...parts,
  }).format(time);
}
