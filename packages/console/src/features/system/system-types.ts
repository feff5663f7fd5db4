import {
  list,
  measure,
  nullable,
  number,
  object,
  oneOf,
  text,
  withDefault,
  type Decoded,
} from '../../shared/api/decode.ts';

const hour = object({
  at: text,
  deliveries: number,
  answered: number,
  medianMs: nullable(number),
  p95Ms: nullable(number),
  succeeded: number,
  failed: number,
  speed: measure,
});

const share = { files: number, bytes: number, name: text };

export const overview = object({
  hours: list(hour),
  queue: object({ push: number, pull: number, pulled: number }),
  byKind: list(object(share)),
  byClass: list(object({ ...share, classId: number })),
});

const worker = object({
  workerId: text,
  name: text,
  role: oneOf('server', 'worker'),
  version: text,
  cores: number,
  slots: number,
  state: oneOf('ready', 'draining', 'silent'),
  startedAt: text,
  seenAt: text,
  tasks: withDefault(list(text), []),
});

export const workerList = list(worker);

export const systemFacts = object({
  node: text,
  startedAt: text,
  databaseBytes: number,
  sandbox: object({ kind: text, description: text }),
  disk: object({ freeBytes: number, totalBytes: number }),
});

export type Hour = Decoded<typeof hour>;
export type Worker = Decoded<typeof worker>;
export type SystemFacts = Decoded<typeof systemFacts>;
