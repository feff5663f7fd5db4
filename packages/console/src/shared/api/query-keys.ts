/** The first elements of all query keys: what a live message invalidates. */
export const queryKeys = {
  session: ['session'],
  media: ['media'],
  functions: ['functions'],
  functionLogs: ['function-logs'],
  eventConfig: ['event-config'],
  account: ['account'],
  coverage: ['coverage'],
} as const satisfies Record<string, readonly string[]>;

export type LiveKind = 'media' | 'task' | 'event' | 'delivery' | 'function' | 'log' | 'config';

/** Which data a change on the server makes stale. */
export const staleKeysByKind: Record<LiveKind, readonly (readonly string[])[]> = {
  media: [queryKeys.media],
  task: [queryKeys.media],
  event: [queryKeys.media],
  delivery: [queryKeys.media],
  function: [queryKeys.functions],
  log: [queryKeys.functionLogs],
  config: [queryKeys.eventConfig, queryKeys.account],
};
