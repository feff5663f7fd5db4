import { createHash } from 'node:crypto';

/**
 * The SessionId that makes ProcessMedia once-only for a file and a set of templates: 40 hex digits (the API allows 50 characters).
 * The order of definitions doesn't matter. A new rule version allows the same file to be transcoded again;
 * so does the end of the API's memory, three days after the first call.
 */
export function transcodeSessionId(
  fileId: string,
  definitions: readonly number[],
  ruleVersion: string,
): string {
  // Not toSorted: the function also runs on Node 18.
  // oxlint-disable-next-line unicorn/no-array-sort -- sorts a copy
  const sorted = [...definitions].sort((a, b) => a - b);
  const text = JSON.stringify([fileId, sorted, ruleVersion]);
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}
