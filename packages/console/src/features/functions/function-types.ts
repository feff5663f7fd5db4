import {
  boolean,
  list,
  nullable,
  number,
  object,
  text,
  withDefault,
  type Decoded,
} from '../../shared/api/decode.ts';

const functionRow = object({
  name: text,
  namespace: withDefault(text, 'default'),
  runtime: withDefault(text, ''),
  handler: withDefault(text, ''),
  timeoutSec: number,
  memoryMb: number,
  address: nullable(text),
  modifiedAt: text,
  status: withDefault(text, ''),
});

export const functionList = list(functionRow);

const logItem = object({
  requestId: text,
  startAt: text,
  durationMs: number,
  billDurationMs: withDefault(number, 0),
  memUsageBytes: withDefault(number, 0),
  statusCode: number,
  retMsg: withDefault(text, ''),
  coldStart: withDefault(boolean, false),
  log: withDefault(text, ''),
  trigger: withDefault(text, ''),
});

export const logPage = object({ items: list(logItem), next: nullable(text) });

export type FunctionRow = Decoded<typeof functionRow>;
export type LogItem = Decoded<typeof logItem>;

/** The function service reports 200 for a request that ran to its end, 4xx for faults of the code, 5xx for its own. */
export function hasFailed({ statusCode }: Pick<LogItem, 'statusCode'>): boolean {
  return statusCode >= 400;
}
