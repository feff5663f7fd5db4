/** Which media, and in which order; absent: all of them, the newest first. */
export interface MediaFilter {
  q?: string | undefined;
  status?: 'Processing' | 'Failed' | 'Forbidden' | undefined;
  category?: 'Video' | 'Audio' | 'Image' | undefined;
  classId?: number | undefined;
  sort?: 'newest' | 'oldest' | 'name' | undefined;
}

export const FILTER_STATUSES = ['Processing', 'Failed', 'Forbidden'] as const;
export const CATEGORIES = ['Video', 'Audio', 'Image'] as const;
export const SORTS = ['newest', 'oldest', 'name'] as const;

/** What an address says, as far as it makes sense. */
export function parseMediaFilter(search: Record<string, unknown>): MediaFilter {
  const { q, classId } = search;
  const text = typeof q === 'number' ? String(q) : q;
  const filter: MediaFilter = {
    q: typeof text === 'string' && text !== '' ? text : undefined,
    status: FILTER_STATUSES.find((status) => status === search['status']),
    category: CATEGORIES.find((category) => category === search['category']),
    classId: typeof classId === 'number' && Number.isInteger(classId) ? classId : undefined,
    sort: SORTS.find((sort) => sort === search['sort']),
  };
  // Only what is said: the address shows no empty members.
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

export function isFiltered({ q, status, category, classId }: MediaFilter): boolean {
  return [q, status, category, classId].some((value) => value !== undefined);
}
