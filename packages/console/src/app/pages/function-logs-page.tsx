import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { FunctionLogs } from '../../features/functions/function-logs.tsx';
import { LogToolbar } from '../../features/functions/log-toolbar.tsx';
import { useFunctionKey } from './use-function-key.ts';

const route = getRouteApi('/functions/$name/logs');

export function FunctionLogsPage(): ReactNode {
  const fn = useFunctionKey();
  const { request = null, namespace: _namespace, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <>
      <LogToolbar
        fn={fn}
        filter={filter}
        onFilter={(next) => void navigate({ search: next, replace: true })}
      />
      <FunctionLogs fn={fn} filter={filter} selected={request} />
    </>
  );
}
