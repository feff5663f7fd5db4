import type { ColumnType, Generated } from 'kysely';

export interface FunctionTable {
  namespace: string;
  name: string;
  runtime: string;
  handler: string;
  timeout_sec: number;
  memory_mb: number;
  environment: ColumnType<Record<string, string>, string, string>;
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
}

export interface ScfTables {
  'scf.function': FunctionTable;
  'scf.invocation': InvocationTable;
}
