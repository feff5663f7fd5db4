import { Alert } from '@mantine/core';
import type { ReactNode } from 'react';

import { useErrorText } from './error-text.ts';

/** Why what was asked for was not done; nothing while there is no error. */
export function ErrorAlert({ error, title }: { error: Error | null; title?: string }): ReactNode {
  const errorText = useErrorText();
  if (error === null) return null;
  return (
    <Alert color="red" role="alert" title={title}>
      {errorText(error)}
    </Alert>
  );
}
