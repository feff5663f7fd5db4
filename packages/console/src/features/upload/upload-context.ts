import { createContext, useContext, useSyncExternalStore } from 'react';

import type { UploadItem } from './upload-item.ts';
import type { UploadQueue } from './upload-queue.ts';

export const UploadContext: React.Context<UploadQueue<File> | null> = createContext<UploadQueue<File> | null>(
  null,
);

export function useUploads(): { queue: UploadQueue<File>; items: readonly UploadItem[] } {
  const queue = useContext(UploadContext);
  if (queue === null) throw new Error('useUploads needs an UploadProvider above it');
  return { queue, items: useSyncExternalStore(queue.subscribe, queue.items) };
}
