import { useTranslation } from 'react-i18next';

import { ApiError, isUnreachable } from '../api/api-error.ts';

/** A failure in words: the server's own message, with the cloud's error code when there is one. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    if (isUnreachable(error)) return t('errors.unreachableTitle');
    if (error instanceof ApiError && error.code !== null) return `${error.message} (${error.code})`;
    return error instanceof Error ? error.message : String(error);
  };
}
