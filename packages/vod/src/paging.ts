/** A row's place in a list ordered by a time and an id: where the next page starts. */
export interface Position {
  /** The database's own text of the time: a Date would lose its microseconds, and rows at the page's edge with them. */
  readonly time: string;
  readonly id: string;
}

export function toPageToken({ time, id }: Position): string {
  return Buffer.from(JSON.stringify([time, id])).toString('base64url');
}

const ID = /^[\w-]{1,100}$/;
const TIME_TEXT =
  /^([1-9]\d{3}-\d\d-\d\d) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?[+-](0\d|1[0-5])(:[0-5]\d){0,2}$/;

/** A time as PostgreSQL writes it. Checked to the last digit: it fails on any other text, as it does on 31 February. */
function isTimeText(value: unknown): value is string {
  const day = typeof value === 'string' ? TIME_TEXT.exec(value)?.[1] : undefined;
  const time = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(String(day));
}

/** The place that a token stands for; undefined when it is none of ours. */
export function parsePageToken(token: string): Position | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (!Array.isArray(value)) return undefined;
    const [time, id] = value as unknown[];
    return isTimeText(time) && typeof id === 'string' && ID.test(id) ? { time, id } : undefined;
  } catch {
    return undefined;
  }
}
