/** Which media, and in which order; absent: all of them, the newest first. */
export interface MediaFilter {
  q?: string | undefined;
  status?: 'Processing' | 'Failed' | 'Forbidden' | undefined;
  category?: 'Video' | 'Audio' | 'Image' | undefined;
  classId?: number | undefined;
  /** One whole tag. */
  tag?: string | undefined;
  sort?: 'newest' | 'oldest' | 'name' | undefined;
}

export const FILTER_STATUSES = ['Processing', 'Failed', 'Forbidden'] as const;
export const CATEGORIES = ['Video', 'Audio', 'Image'] as const;
export const SORTS = ['newest', 'oldest', 'name'] as const;

/** What an address says, as far as it makes sense. */
export function parseMediaFilter(search: Record<string, unknown>): MediaFilter {
  const { classId } = search;
  const filter: MediaFilter = {
    q: toText(search['q']),
    tag: toText(search['tag']),
    status: FILTER_STATUSES.find((status) => status === search['status']),
    category: CATEGORIES.find((category) => category === search['category']),
    classId: typeof classId === 'number' && Number.isInteger(classId) ? classId : undefined,
    sort: SORTS.find((sort) => sort === search['sort']),
  };
  // Only what is said: the address shows no empty members.
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

/** What looks like a number is read as one from an address. */
function toText(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

export function isFiltered(filter: MediaFilter): boolean {
  return Object.entries(filter).some(([name, value]) => name !== 'sort' && value !== undefined);
}
