import type { ReactNode } from 'react';

import { FunctionTest } from '../../features/functions/function-test.tsx';
import { useFunctionKey } from './use-function-key.ts';

export function FunctionTestPage(): ReactNode {
  return <FunctionTest fn={useFunctionKey()} />;
}
