import { invalidParameterValue } from '@vodstack/protocol';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;

interface OffsetRequest {
  readonly Offset?: number | null | undefined;
  readonly Limit?: number | null | undefined;
}

/** The part of a list that Offset and Limit name. */
export function pageByOffset<Item>(items: readonly Item[], request: OffsetRequest): Item[] {
  const offset = request.Offset ?? 0;
  const limit = request.Limit ?? DEFAULT_LIMIT;
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw invalidParameterValue('Offset', `must be 0 or more, got ${offset}.`);
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw invalidParameterValue('Limit', `must be 1 to ${MAX_LIMIT}, got ${limit}.`);
  }
  return items.slice(offset, offset + limit);
}
