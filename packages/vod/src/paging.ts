/** A row's place in a list ordered by a time and an id: where the next page starts. */
export interface Position {
  /** The database's own text of the time: a Date would lose its microseconds, and rows at the page's edge with them. */
  readonly time: string;
  readonly id: string;
}

export function toPageToken({ time, id }: Position): string {
  return Buffer.from(JSON.stringify([time, id])).toString('base64url');
}

/** The place that a token stands for; undefined when it is none of ours. */
export function parsePageToken(token: string): Position | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (!Array.isArray(value)) return undefined;
    const [time, id] = value as unknown[];
    const isValid = typeof time === 'string' && /^\d{4}-[\d :.+-]+$/.test(time) && typeof id === 'string';
    return isValid ? { time, id } : undefined;
  } catch {
    return undefined;
  }
}
