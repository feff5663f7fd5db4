import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';

import { useApi } from '../../shared/api/api-context.ts';
import { readApplication } from '../../shared/api/application.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { claimUpload } from './claim-upload.ts';
import { reopenFile } from './file-handle.ts';
import { createIndexedStore } from './indexed-store.ts';
import { applyUpload, commitUpload } from './upload-api.ts';
import { UploadContext } from './upload-context.ts';
import { createUploadQueue } from './upload-queue.ts';
import { waitMs } from './wait-ms.ts';
import { xhrSend } from './xhr-send.ts';

/** Two at a time fill a home line and still let a small file pass a large one. */
const PARALLEL = 2;

export function UploadProvider({ children }: { children: ReactNode }): ReactNode {
  const api = useApi();
  const queryClient = useQueryClient();
  const [queue] = useState(() =>
    createUploadQueue<File>(
      {
        apply: (record, signal) => applyUpload(api, record, signal),
        send: xhrSend,
        now: () => performance.now(),
        wait: waitMs,
        store: createIndexedStore(indexedDB),
        claim: (id) => claimUpload(locksOf(navigator), id),
        reopen: reopenFile,
        application: () => readApplication(localStorage),
        newId: () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`,
        async commit(record, sessionKey) {
          const fileId = await commitUpload(api, record, sessionKey);
          void queryClient.invalidateQueries({ queryKey: queryKeys.media });
          return fileId;
        },
      },
      { parallel: PARALLEL },
    ),
  );
  useEffect(() => void queue.restore(), [queue]);
  return <UploadContext value={queue}>{children}</UploadContext>;
}

/** The type library does not know that only secure pages have them. */
function locksOf({ locks }: { locks?: LockManager }): LockManager | undefined {
  return locks;
}
