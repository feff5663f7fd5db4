/** The first elements of all query keys: what a live message invalidates. */
export const queryKeys = {
  session: ['session'],
  media: ['media'],
  tasks: ['tasks'],
  overview: ['overview'],
  workers: ['workers'],
  system: ['system'],
  events: ['events'],
  templates: ['templates'],
  procedures: ['procedures'],
  classes: ['classes'],
  applications: ['applications'],
  keys: ['keys'],
  functions: ['functions'],
  functionLogs: ['function-logs'],
  functionMetrics: ['function-metrics'],
  gateway: ['gateway'],
  endpoints: ['endpoints'],
  deadLetters: ['dead-letters'],
  faults: ['faults'],
  eventConfig: ['event-config'],
  account: ['account'],
  coverage: ['coverage'],
} as const satisfies Record<string, readonly string[]>;

export type LiveKind = 'media' | 'task' | 'event' | 'delivery' | 'function' | 'log' | 'config';

/** Which data a change on the server makes stale. */
export const staleKeysByKind: Record<LiveKind, readonly (readonly string[])[]> = {
  media: [queryKeys.media, queryKeys.overview],
  task: [queryKeys.media, queryKeys.tasks, queryKeys.workers, queryKeys.overview],
  event: [queryKeys.media, queryKeys.events, queryKeys.overview],
  delivery: [
    queryKeys.media,
    queryKeys.events,
    queryKeys.overview,
    queryKeys.endpoints,
    queryKeys.deadLetters,
    queryKeys.faults,
  ],
  function: [queryKeys.functions, queryKeys.gateway],
  log: [queryKeys.functionLogs, queryKeys.functionMetrics],
  config: [queryKeys.eventConfig, queryKeys.account, queryKeys.gateway, queryKeys.functions],
};
