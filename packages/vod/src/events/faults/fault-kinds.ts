/** What can be done wrong on purpose, each with what it does. */
export const FAULT_KINDS = {
  delay: 'an event is sent later, and those of its file after it',
  reorder: 'an event is held back, so that later ones of its file overtake it',
  duplicate: 'an event is sent twice at the same time',
  drop: 'an event is never sent, and counts as failed',
  stall: 'half of the message is sent, then nothing until the time for an answer is over',
  'wrong-signature': 'Sign and webhook-signature are made with another key',
  expired: 'T and webhook-timestamp are long over',
  nulls: 'members without a value are there as null',
  'fail-task': 'every sub-task of a new task fails',
  'fail-part': 'the last sub-task of a new task with several fails',
  'request-limit': 'ProcessMedia answers RequestLimitExceeded',
  'internal-error': 'ProcessMedia answers InternalError',
} as const;

export type FaultKind = keyof typeof FAULT_KINDS;

export function isFaultKind(text: string): text is FaultKind {
  return Object.hasOwn(FAULT_KINDS, text);
}

/** Applied before an event is sent at all. */
export type HoldKind = 'delay' | 'reorder';
export const HOLD_KINDS: readonly HoldKind[] = ['delay', 'reorder'];

/** Applied to one send. */
export const SEND_KINDS: readonly FaultKind[] = [
  'duplicate',
  'drop',
  'stall',
  'wrong-signature',
  'expired',
  'nulls',
];
