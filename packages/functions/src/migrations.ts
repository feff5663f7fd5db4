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
  {
    version: 2,
    name: 'the control API',
    sql: `
      ALTER TABLE scf.function
        ADD COLUMN function_id   text,
        ADD COLUMN details       jsonb NOT NULL DEFAULT '{}',
        ADD COLUMN status_reason text,
        ADD COLUMN published     integer NOT NULL DEFAULT 0;
      UPDATE scf.function SET function_id = 'lam-' || left(md5(namespace || '/' || name), 8);
      ALTER TABLE scf.function ALTER COLUMN function_id SET NOT NULL;

      CREATE TABLE scf.function_version (
        LIKE scf.function INCLUDING DEFAULTS,
        PRIMARY KEY (namespace, name, published),
        FOREIGN KEY (namespace, name) REFERENCES scf.function ON DELETE CASCADE
      );

      CREATE TABLE scf.namespace (
        name        text PRIMARY KEY,
        description text NOT NULL,
        created_at  timestamptz NOT NULL,
        modified_at timestamptz NOT NULL
      );
      INSERT INTO scf.namespace
        SELECT name, '', now(), now() FROM (SELECT 'default' AS name UNION SELECT namespace FROM scf.function) AS known;

      CREATE TABLE scf.alias (
        namespace        text NOT NULL,
        function         text NOT NULL,
        name             text NOT NULL,
        function_version text NOT NULL,
        routing          jsonb NOT NULL,
        description      text NOT NULL,
        created_at       timestamptz NOT NULL,
        modified_at      timestamptz NOT NULL,
        PRIMARY KEY (namespace, function, name),
        FOREIGN KEY (namespace, function) REFERENCES scf.function ON DELETE CASCADE
      );

      CREATE TABLE scf.trigger (
        namespace       text NOT NULL,
        function        text NOT NULL,
        type            text NOT NULL,
        name            text NOT NULL,
        qualifier       text NOT NULL,
        settings        text NOT NULL,
        custom_argument text NOT NULL,
        description     text NOT NULL,
        enabled         boolean NOT NULL,
        resource_id     text UNIQUE,
        next_at         timestamptz(3),
        created_at      timestamptz NOT NULL,
        modified_at     timestamptz NOT NULL,
        PRIMARY KEY (namespace, function, type, name),
        FOREIGN KEY (namespace, function) REFERENCES scf.function ON DELETE CASCADE
      );
      CREATE INDEX trigger_due ON scf.trigger (next_at) WHERE next_at IS NOT NULL;

      CREATE TABLE scf.async_event (
        request_id   uuid PRIMARY KEY,
        namespace    text NOT NULL,
        function     text NOT NULL,
        qualifier    text NOT NULL,
        event        text NOT NULL,
        trigger      text NOT NULL,
        trace_id     text,
        status       text NOT NULL,
        status_code  integer,
        retry_num    integer NOT NULL DEFAULT 0,
        due_at       timestamptz NOT NULL,
        expires_at   timestamptz NOT NULL,
        leased_until timestamptz,
        runner       text,
        created_at   timestamptz(3) NOT NULL,
        ended_at     timestamptz(3)
      );
      CREATE INDEX async_event_due ON scf.async_event (due_at) WHERE status = 'RUNNING';
      CREATE INDEX async_event_by_function ON scf.async_event (namespace, function, created_at DESC);
      CREATE INDEX async_event_by_end ON scf.async_event (ended_at);

      CREATE TABLE scf.dead_letter (
        letter_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        queue      text NOT NULL,
        namespace  text NOT NULL,
        function   text NOT NULL,
        request_id uuid NOT NULL,
        body       text NOT NULL,
        created_at timestamptz NOT NULL
      );

      -- The retries of a call keep its request id.
      ALTER TABLE scf.invocation
        ADD COLUMN retry_num integer NOT NULL DEFAULT 0,
        ADD COLUMN trace_id text,
        DROP CONSTRAINT invocation_pkey,
        ADD PRIMARY KEY (request_id, retry_num);
      CREATE INDEX invocation_by_trace ON scf.invocation (trace_id) WHERE trace_id IS NOT NULL;
    `,
  },
];
