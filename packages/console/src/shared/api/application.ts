const STORAGE_KEY = 'vodstack.application';

/** The application that the console looks at; null is the primary one. */
export function readApplication(storage: Pick<Storage, 'getItem'>): number | null {
  const stored = Number(storage.getItem(STORAGE_KEY) ?? '');
  return Number.isSafeInteger(stored) && stored > 0 ? stored : null;
}

export function storeApplication(
  storage: Pick<Storage, 'setItem' | 'removeItem'>,
  subAppId: number | null,
): void {
  if (subAppId === null) storage.removeItem(STORAGE_KEY);
  else storage.setItem(STORAGE_KEY, String(subAppId));
}
