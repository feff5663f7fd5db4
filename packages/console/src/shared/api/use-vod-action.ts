import { useMutation, useQueryClient } from '@tanstack/react-query';

import { useErrorText } from '../ui/error-text.ts';
import { notifyError, notifySuccess } from '../ui/notify.ts';
import { useApi } from './api-context.ts';
import { record } from './decode.ts';

export interface VodActionOptions {
  /** First elements of the keys of what changes. */
  stale: readonly (readonly string[])[];
  /** Said when it went well. */
  done: string;
  /** Title of the message when it did not; without it the caller shows the error. */
  failed?: string;
  onDone?: (answer: Record<string, unknown>) => void;
  onFailed?: () => void;
}

export interface VodCall {
  action: string;
  parameters: Record<string, unknown>;
}

/** A change through an action of the cloud's API. */
export function useVodAction(options: VodActionOptions) {
  return useAction('vod', options);
}

/** A change through an action of the function service's API. */
export function useScfAction(options: VodActionOptions) {
  return useAction('scf', options);
}

function useAction(service: 'vod' | 'scf', { stale, done, failed, onDone, onFailed }: VodActionOptions) {
  const api = useApi();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  return useMutation({
    mutationFn: ({ action, parameters }: VodCall) => api[service](action, parameters, record),
    onSuccess: (answer) => {
      notifySuccess(done);
      for (const queryKey of stale) void queryClient.invalidateQueries({ queryKey });
      onDone?.(answer);
    },
    onError: (error) => {
      if (failed !== undefined) notifyError(failed, errorText(error));
      onFailed?.();
    },
  });
}
