import type { ColumnType, Generated } from 'kysely';
import type { FunctionDetails } from './function-details.ts';

/** Written as JSON text, read as the value. */
type Json<T> = ColumnType<T, string, string>;

export interface FunctionTable {
  namespace: string;
  name: string;
  runtime: string;
  handler: string;
  timeout_sec: number;
  memory_mb: number;
  environment: Json<Record<string, string>>;
  code_key: string;
  code_sha256: string;
  code_bytes: number;
  /** Counts the deployments of this function, from 1. */
  version: number;
  /** Grows with every deployment of any function: tells which of two readings is newer, even after a removal. */
  revision: Generated<number>;
  status: string;
  created_at: Date;
  modified_at: Date;
  function_id: string;
  details: Json<FunctionDetails>;
  /** Why the last change failed. */
  status_reason: string | null;
  /** The number of the version that was published last; in a version's own row its number. */
  published: Generated<number>;
}

export interface NamespaceTable {
  name: string;
  description: string;
  created_at: Date;
  modified_at: Date;
}

export interface AliasTable {
  namespace: string;
  function: string;
  name: string;
  function_version: string;
  routing: Json<AliasRouting>;
  description: string;
  created_at: Date;
  modified_at: Date;
}

/** The cloud's RoutingConfig, its misspelling included: it goes out as it is kept. */
export interface AliasRouting {
  AdditionalVersionWeights?: { Version: string; Weight: number }[] | undefined;
  AddtionVersionMatchs?: { Version: string; Key: string; Method: string; Expression: string }[] | undefined;
}

export interface TriggerTable {
  namespace: string;
  function: string;
  type: string;
  name: string;
  qualifier: string;
  /** JSON text, as ListTriggers shows it. */
  settings: string;
  custom_argument: string;
  description: string;
  enabled: boolean;
  /** A function URL's id, an API's id. */
  resource_id: string | null;
  /** When a timer fires next. */
  next_at: Date | null;
  created_at: Date;
  modified_at: Date;
}

export interface AsyncEventTable {
  request_id: string;
  namespace: string;
  function: string;
  qualifier: string;
  /** JSON text; empty once the event is over. */
  event: string;
  trigger: string;
  trace_id: string | null;
  /** RUNNING, FINISHED, FAILED or ABORTED. */
  status: string;
  status_code: number | null;
  retry_num: Generated<number>;
  due_at: Date;
  expires_at: Date;
  /** While a server works on it. */
  leased_until: Date | null;
  runner: string | null;
  created_at: Date;
  ended_at: Date | null;
}

export interface DeadLetterTable {
  letter_id: Generated<number>;
  queue: string;
  namespace: string;
  function: string;
  request_id: string;
  body: string;
  created_at: Date;
}

export interface InvocationTable {
  request_id: string;
  namespace: string;
  function: string;
  qualifier: string;
  start_at: Date;
  duration_ms: number | null;
  bill_duration_ms: number | null;
  mem_usage_bytes: number | null;
  ret_code: number;
  status_code: number | null;
  ret_msg: string | null;
  log: string | null;
  cold_start: boolean;
  trigger: string;
  runner: string;
  retry_num: Generated<number>;
  trace_id: string | null;
}

export interface ScfTables {
  'scf.function': FunctionTable;
  /** Immutable copies of functions, one for each published version. */
  'scf.function_version': FunctionTable;
  'scf.namespace': NamespaceTable;
  'scf.alias': AliasTable;
  'scf.trigger': TriggerTable;
  'scf.async_event': AsyncEventTable;
  'scf.dead_letter': DeadLetterTable;
  'scf.invocation': InvocationTable;
}
