/** What the cloud prints for a time that has not come yet (DescribeTasks sample). */
export const NOT_YET = '0001-01-01T00:00:00Z';
/** What the cloud prints for "never expires". */
export const NEVER = '9999-12-31T23:59:59Z';

/** ISO 8601, UTC, whole seconds, as every time in the API. */
export function toWireTime(time: Date | null | undefined, absent: string = NOT_YET): string {
  return time ? `${time.toISOString().slice(0, 19)}Z` : absent;
}
