import { useEffect, useState } from 'react';

import { copyToClipboard } from './copy-to-clipboard.ts';

const SHOWN_MS = 1500;

/** Copies on call; `copied` is true for a moment afterwards. */
export function useCopy(value: string): { copied: boolean; copy: () => void } {
  const [copiedAt, setCopiedAt] = useState<number | null>(null);
  useEffect(() => {
    if (copiedAt === null) return undefined;
    const timer = setTimeout(() => setCopiedAt(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copiedAt]);
  const copy = (): void => {
    void copyToClipboard(value).then(() => setCopiedAt(Date.now()));
  };
  return { copied: copiedAt !== null, copy };
}
