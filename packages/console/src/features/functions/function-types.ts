import {
  boolean,
  list,
  nullable,
  number,
  object,
  record,
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
  type: withDefault(text, 'Event'),
  codeBytes: withDefault(number, 0),
  instances: withDefault(object({ starting: number, idle: number, busy: number }), {
    starting: 0,
    idle: 0,
    busy: 0,
  }),
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
  traceId: nullable(text),
  retryNum: withDefault(number, 0),
});

export const logPage = object({ items: list(logItem), next: nullable(text) });

export const metricsList = list(
  object({
    at: text,
    invocations: number,
    errors: number,
    coldStarts: number,
    medianMs: nullable(number),
    p95Ms: nullable(number),
    maxMemoryBytes: nullable(number),
  }),
);

export const codeView = object({
  files: list(object({ path: text, sizeBytes: number })),
  isCut: withDefault(boolean, false),
});

export const codeFile = object({
  path: text,
  sizeBytes: number,
  text: nullable(text),
  isCut: withDefault(boolean, false),
});

const trigger = object({
  TriggerName: text,
  Type: text,
  TriggerDesc: withDefault(text, ''),
  Qualifier: withDefault(text, ''),
  Enable: withDefault(number, 1),
  CustomArgument: withDefault(text, ''),
  Description: withDefault(text, ''),
  ResourceId: withDefault(text, ''),
  ModTime: withDefault(text, ''),
});

/** GetFunction's answer. */
export const functionDetail = object({
  FunctionName: text,
  Namespace: text,
  Runtime: text,
  Handler: withDefault(text, ''),
  Description: withDefault(text, ''),
  Type: withDefault(text, 'Event'),
  MemorySize: number,
  Timeout: number,
  InitTimeout: withDefault(number, 65),
  CodeSize: withDefault(number, 0),
  Status: text,
  StatusDesc: withDefault(text, ''),
  Role: withDefault(text, ''),
  AsyncRunEnable: withDefault(text, 'FALSE'),
  Environment: withDefault(
    object({ Variables: withDefault(list(object({ Key: text, Value: withDefault(text, '') })), []) }),
    { Variables: [] },
  ),
  InstanceConcurrencyConfig: nullable(object({ MaxConcurrency: withDefault(number, 1) })),
  DeadLetterConfig: withDefault(record, {}),
  Triggers: withDefault(list(trigger), []),
});

export const versionList = object({
  Versions: list(
    object({
      Version: text,
      Description: withDefault(text, ''),
      AddTime: withDefault(text, ''),
      Status: withDefault(text, ''),
    }),
  ),
});

export const aliasList = object({
  Aliases: list(
    object({
      Name: text,
      FunctionVersion: text,
      Description: withDefault(text, ''),
      RoutingConfig: withDefault(
        object({
          AdditionalVersionWeights: withDefault(list(object({ Version: text, Weight: number })), []),
          AddtionVersionMatchs: withDefault(list(record), []),
        }),
        { AdditionalVersionWeights: [], AddtionVersionMatchs: [] },
      ),
    }),
  ),
});

/** Invoke's answer. */
export const invokeAnswer = object({
  Result: object({
    Log: withDefault(text, ''),
    RetMsg: withDefault(text, ''),
    ErrMsg: withDefault(text, ''),
    MemUsage: withDefault(number, 0),
    Duration: withDefault(number, 0),
    BillDuration: withDefault(number, 0),
    FunctionRequestId: withDefault(text, ''),
    InvokeResult: withDefault(number, 0),
  }),
});

export type FunctionRow = Decoded<typeof functionRow>;
export type LogItem = Decoded<typeof logItem>;
export type MetricsStep = Decoded<typeof metricsList>[number];
export type FunctionDetail = Decoded<typeof functionDetail>;
export type Trigger = Decoded<typeof trigger>;
export type Version = Decoded<typeof versionList>['Versions'][number];
export type Alias = Decoded<typeof aliasList>['Aliases'][number];
export type InvokeResult = Decoded<typeof invokeAnswer>['Result'];

/** Which function a page is of. */
export interface FunctionKey {
  name: string;
  namespace: string;
}

/** Where a function of that name is: in `default` rather than elsewhere. */
export function findNamespace(functions: readonly FunctionKey[], name: string): string {
  const places = functions.filter((each) => each.name === name).map(({ namespace }) => namespace);
  return places.includes('default') ? 'default' : (places[0] ?? 'default');
}

export type RequestResult = 'success' | 'failure' | 'running' | 'interrupted';

const RESULTS: readonly RequestResult[] = ['success', 'failure', 'running', 'interrupted'];

/** By the function service's RetCode (0 to 3, in the order above), else by the status: 200 is a request that ran to its end. */
export function resultOf({ retCode, statusCode }: Pick<LogItem, 'retCode' | 'statusCode'>): RequestResult {
  const named = retCode === null ? undefined : RESULTS[retCode];
  if (named !== undefined) return named;
  if (statusCode === null) return 'running';
  return statusCode < 400 ? 'success' : 'failure';
}
