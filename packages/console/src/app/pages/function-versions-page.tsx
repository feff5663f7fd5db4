import type { ReactNode } from 'react';

import { FunctionVersions } from '../../features/functions/function-versions.tsx';
import { useFunctionKey } from './use-function-key.ts';

export function FunctionVersionsPage(): ReactNode {
  return <FunctionVersions fn={useFunctionKey()} />;
}
