import type { Migration } from '@vodstack/platform';

/** Schema `scf`. */
export const functionMigrations: readonly Migration[] = [
  {
    version: 1,
    name: 'functions and invocations',
    sql: `
      CREATE SEQUENCE scf.function_revision AS bigint;

      CREATE TABLE scf.function (
        namespace   text NOT NULL,
        name        text NOT NULL,
        runtime     text NOT NULL,
        handler     text NOT NULL,
        timeout_sec integer NOT NULL,
        memory_mb   integer NOT NULL,
        environment jsonb NOT NULL,
        code_key    text NOT NULL,
        code_sha256 text NOT NULL,
        code_bytes  bigint NOT NULL,
        version     integer NOT NULL,
        revision    bigint NOT NULL DEFAULT nextval('scf.function_revision'),
        status      text NOT NULL,
        created_at  timestamptz NOT NULL,
        modified_at timestamptz NOT NULL,
        PRIMARY KEY (namespace, name)
      );

      -- ret_code: 0 succeeded, 1 failed, 2 running, 3 interrupted (GetFunctionLogs.RetCode).
      -- start_at has the precision of the clock that writes it, so that a value read back compares equal.
      CREATE TABLE scf.invocation (
        request_id       uuid PRIMARY KEY,
        namespace        text NOT NULL,
        function         text NOT NULL,
        qualifier        text NOT NULL,
        start_at         timestamptz(3) NOT NULL,
        duration_ms      double precision,
        bill_duration_ms integer,
        mem_usage_bytes  bigint,
        ret_code         integer NOT NULL,
        status_code      integer,
        ret_msg          text,
        log              text,
        cold_start       boolean NOT NULL DEFAULT false,
        trigger          text NOT NULL,
        runner           text NOT NULL
      );
      CREATE INDEX invocation_by_function ON scf.invocation (namespace, function, start_at DESC);
      CREATE INDEX invocation_by_start ON scf.invocation (start_at);
      CREATE INDEX invocation_running ON scf.invocation (start_at) WHERE ret_code = 2;
    `,
  },
];
