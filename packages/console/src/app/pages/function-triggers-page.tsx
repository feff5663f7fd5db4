import type { ReactNode } from 'react';

import { FunctionTriggers } from '../../features/functions/function-triggers.tsx';
import { useFunctionKey } from './use-function-key.ts';

export function FunctionTriggersPage(): ReactNode {
  return <FunctionTriggers fn={useFunctionKey()} />;
}
