import type { ReactNode } from 'react';

import { FunctionOverview } from '../../features/functions/function-overview.tsx';
import { useFunctionKey } from './use-function-key.ts';

export function FunctionOverviewPage(): ReactNode {
  return <FunctionOverview fn={useFunctionKey()} />;
}
