import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { FunctionCode } from '../../features/functions/function-code.tsx';
import { useFunctionKey } from './use-function-key.ts';

const route = getRouteApi('/functions/$name/code');

export function FunctionCodePage(): ReactNode {
  const { version = '$LATEST', file = null } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <FunctionCode
      fn={useFunctionKey()}
      version={version}
      file={file}
      onVersion={(next) => void navigate({ search: { version: next }, replace: true })}
    />
  );
}
