import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { FunctionConfiguration } from '../../features/functions/function-configuration.tsx';
import { useFunctionKey } from './use-function-key.ts';

export function FunctionConfigurationPage(): ReactNode {
  const navigate = useNavigate();
  return (
    <FunctionConfiguration fn={useFunctionKey()} onDeleted={() => void navigate({ to: '/functions' })} />
  );
}
