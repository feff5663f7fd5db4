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
  /** Null while the request runs, like all that is only known at its end. */
  durationMs: nullable(number),
  billDurationMs: nullable(number),
  memUsageBytes: nullable(number),
  statusCode: nullable(number),
  retCode: nullable(number),
  retMsg: withDefault(text, ''),
  coldStart: withDefault(boolean, false),
  log: withDefault(text, ''),
  trigger: withDefault(text, ''),
});

export const logPage = object({ items: list(logItem), next: nullable(text) });

export type FunctionRow = Decoded<typeof functionRow>;
export type LogItem = Decoded<typeof logItem>;

export type RequestResult = 'success' | 'failure' | 'running' | 'interrupted';

const RESULTS: readonly RequestResult[] = ['success', 'failure', 'running', 'interrupted'];

/** By the function service's RetCode (0 to 3, in the order above), else by the status: 200 is a request that ran to its end. */
export function resultOf({ retCode, statusCode }: Pick<LogItem, 'retCode' | 'statusCode'>): RequestResult {
  const named = retCode === null ? undefined : RESULTS[retCode];
  if (named !== undefined) return named;
  if (statusCode === null) return 'running';
  return statusCode < 400 ? 'success' : 'failure';
}
