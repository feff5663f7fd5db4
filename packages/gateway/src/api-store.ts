import { randomInt } from 'node:crypto';
import { notifyLive, type Database } from '@vodstack/platform';
import type { Api, ApiDefinition, ApiMethod, Environment } from './api.ts';

interface ServiceRow {
  service_id: string;
  name: string;
}

interface ApiRow {
  api_id: string;
  service_id: string;
  environment: string;
  path: string;
  method: string;
  function_namespace: string;
  function_name: string;
  integrated_response: boolean;
  enable_cors: boolean;
  base64_encoded: boolean;
  timeout_sec: number;
}

interface GatewayTables {
  'gateway.service': ServiceRow;
  'gateway.api': ApiRow;
}

export interface StoredService {
  serviceId: string;
  name: string;
  apis: Api[];
}

/** The rows of `gateway.service` and `gateway.api`. */
export interface ApiStore {
  /** One row per service name, environment, path and method: the ids of an earlier deployment stay. */
  save(serviceName: string, definition: ApiDefinition): Promise<Api>;
  /** Undefined when there is no such service. */
  find(serviceId: string): Promise<Api[] | undefined>;
  list(): Promise<StoredService[]>;
}

export function createApiStore(database: Database): ApiStore {
  const db = database.kysely<GatewayTables>();
  return {
    save: (serviceName, definition) =>
      db.transaction().execute(async (tx) => {
        const { service_id } = await tx
          .insertInto('gateway.service')
          .values({ service_id: `service-${randomSuffix()}`, name: serviceName })
          // An update that changes nothing, because DO NOTHING would not return the row.
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ name: serviceName }))
          .returning('service_id')
          .executeTakeFirstOrThrow();
        const values = toValues(definition);
        const row = await tx
          .insertInto('gateway.api')
          .values({ api_id: `api-${randomSuffix()}`, service_id, ...values })
          .onConflict((conflict) =>
            conflict.columns(['service_id', 'environment', 'path', 'method']).doUpdateSet(values),
          )
          .returningAll()
          .executeTakeFirstOrThrow();
        await notifyLive(tx, { kind: 'config', id: service_id });
        return toApi(row);
      }),
    async find(serviceId) {
      const rows = await db
        .selectFrom('gateway.api')
        .selectAll()
        .where('service_id', '=', serviceId)
        .execute();
      return rows.length === 0 ? undefined : rows.map(toApi);
    },
    async list() {
      const services = await db.selectFrom('gateway.service').selectAll().orderBy('name').execute();
      const apis = await db.selectFrom('gateway.api').selectAll().orderBy('path').orderBy('method').execute();
      return services.map(({ service_id, name }) => ({
        serviceId: service_id,
        name,
        apis: apis.filter((api) => api.service_id === service_id).map(toApi),
      }));
    },
  };
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

function randomSuffix(): string {
  return Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

function toValues(definition: ApiDefinition): Omit<ApiRow, 'api_id' | 'service_id'> {
  return {
    environment: definition.environment,
    path: definition.path,
    method: definition.method,
    function_namespace: definition.functionNamespace,
    function_name: definition.functionName,
    integrated_response: definition.integratedResponse,
    enable_cors: definition.enableCors,
    base64_encoded: definition.base64Encoded,
    timeout_sec: definition.timeoutSec,
  };
}

function toApi(row: ApiRow): Api {
  return {
    apiId: row.api_id,
    serviceId: row.service_id,
    // Only checked values are ever written.
    environment: row.environment as Environment,
    path: row.path,
    method: row.method as ApiMethod,
    functionNamespace: row.function_namespace,
    functionName: row.function_name,
    integratedResponse: row.integrated_response,
    enableCors: row.enable_cors,
    base64Encoded: row.base64_encoded,
    timeoutSec: row.timeout_sec,
  };
}
