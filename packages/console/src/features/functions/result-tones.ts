import type { Tone } from '../../shared/ui/status-badge.tsx';
import type { RequestResult } from './function-types.ts';

export const RESULT_TONES: Record<RequestResult, Tone> = {
  success: 'success',
  failure: 'danger',
  running: 'progress',
  interrupted: 'danger',
};

/** The function service's own words: Active, Creating, Updating, CreateFailed … */
export function toneOfStatus(status: string): Tone {
  if (status === 'Active') return 'success';
  if (status.endsWith('Failed')) return 'danger';
  return status.endsWith('ing') ? 'progress' : 'neutral';
}
