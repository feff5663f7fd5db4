import type { Migration } from '@vodstack/platform';

/** Schema `gateway`. */
export const gatewayMigrations: readonly Migration[] = [
  {
    version: 1,
    name: 'services and their apis',
    sql: `
      CREATE TABLE gateway.service (
        service_id text PRIMARY KEY,
        name       text NOT NULL UNIQUE,
        created_at timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE gateway.api (
        api_id              text PRIMARY KEY,
        service_id          text NOT NULL REFERENCES gateway.service ON DELETE CASCADE,
        environment         text NOT NULL,
        path                text NOT NULL,
        method              text NOT NULL,
        function_namespace  text NOT NULL,
        function_name       text NOT NULL,
        integrated_response boolean NOT NULL,
        enable_cors         boolean NOT NULL,
        base64_encoded      boolean NOT NULL,
        timeout_sec         integer NOT NULL,
        created_at          timestamptz NOT NULL DEFAULT now(),
        UNIQUE (service_id, environment, path, method)
      );
    `,
  },
  {
    version: 2,
    name: 'qualifiers, settings, key pairs',
    sql: `
      ALTER TABLE gateway.api
        ADD COLUMN function_qualifier text NOT NULL DEFAULT '$DEFAULT',
        ADD COLUMN settings jsonb NOT NULL DEFAULT '{}';

      CREATE TABLE gateway.key_pair (
        secret_id  text PRIMARY KEY,
        secret_key text NOT NULL,
        name       text NOT NULL UNIQUE,
        created_at timestamptz NOT NULL DEFAULT now()
      );
    `,
  },
];
