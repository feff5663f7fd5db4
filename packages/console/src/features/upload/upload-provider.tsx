import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';

import { useApi } from '../../shared/api/api-context.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { applyUpload, commitUpload } from './upload-api.ts';
import { UploadContext } from './upload-context.ts';
import { createUploadQueue } from './upload-queue.ts';
import { xhrPut } from './xhr-put.ts';

/** Two at a time fill a home line and still let a small file pass a large one. */
const PARALLEL = 2;

export function UploadProvider({ children }: { children: ReactNode }): ReactNode {
  const api = useApi();
  const queryClient = useQueryClient();
  const [queue] = useState(() =>
    createUploadQueue<File>(
      {
        apply: (source, signal) => applyUpload(api, source, signal),
        put: xhrPut,
        now: () => performance.now(),
        async commit(sessionKey) {
          const fileId = await commitUpload(api, sessionKey);
          void queryClient.invalidateQueries({ queryKey: queryKeys.media });
          return fileId;
        },
      },
      { parallel: PARALLEL },
    ),
  );
  return <UploadContext value={queue}>{children}</UploadContext>;
}
