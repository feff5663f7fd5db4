import { randomInt } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { createReadCache, notifyLive, type Database } from '@vodstack/platform';
import type { Api, ApiDefinition, ApiMethod, ApiSettings, Environment } from './api.ts';
import { GatewayError } from './gateway-error.ts';

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
  function_qualifier: string;
  integrated_response: boolean;
  enable_cors: boolean;
  base64_encoded: boolean;
  timeout_sec: number;
  settings: ApiSettings;
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

/** An existing service by its id, or one by its name, which is made when there is none. */
export type ServiceChoice = { serviceId: string } | { serviceName: string };

/** The rows of `gateway.service` and `gateway.api`. */
export interface ApiStore {
  /** One row per service name, environment, path and method: the ids of an earlier deployment stay. */
  save(service: ServiceChoice, definition: ApiDefinition): Promise<Api>;
  /** With the last API the service goes too. False when the function has no such API. */
  remove(apiId: string, owner: { namespace: string; name: string }): Promise<boolean>;
  /** Undefined when there is no such service. May be a second behind a change that another server made. */
  find(serviceId: string): Promise<Api[] | undefined>;
  list(): Promise<StoredService[]>;
}

const KEEP_MS = 1000;

export function createApiStore(database: Database): ApiStore {
  const db = database.kysely<GatewayTables>();
  const cached = createReadCache({ load: (serviceId) => findApis(db, serviceId), keepMs: KEEP_MS });
  const change = <Result>(make: (tx: Transaction<GatewayTables>) => Promise<Result>): Promise<Result> =>
    db
      .transaction()
      .execute(make)
      .finally(() => cached.clear());
  return {
    save: (service, definition) =>
      change(async (tx) => {
        const service_id = await chooseService(tx, service);
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
    remove: (apiId, { namespace, name }) =>
      change(async (tx) => {
        const row = await tx
          .deleteFrom('gateway.api')
          .where('api_id', '=', apiId)
          .where('function_namespace', '=', namespace)
          .where('function_name', '=', name)
          .returning('service_id')
          .executeTakeFirst();
        if (!row) return false;
        const others = tx.selectFrom('gateway.api').select('service_id');
        await tx
          .deleteFrom('gateway.service')
          .where('service_id', '=', row.service_id)
          .where('service_id', 'not in', others)
          .execute();
        await notifyLive(tx, { kind: 'config', id: row.service_id });
        return true;
      }),
    find: (serviceId) => cached.get(serviceId),
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

async function findApis(db: Kysely<GatewayTables>, serviceId: string): Promise<Api[] | undefined> {
  const rows = await db.selectFrom('gateway.api').selectAll().where('service_id', '=', serviceId).execute();
  return rows.length === 0 ? undefined : rows.map(toApi);
}

async function chooseService(tx: Transaction<GatewayTables>, service: ServiceChoice): Promise<string> {
  if ('serviceName' in service) {
    const name = service.serviceName;
    const made = await tx
      .insertInto('gateway.service')
      .values({ service_id: `service-${randomSuffix()}`, name })
      // An update that changes nothing, because DO NOTHING would not return the row.
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ name }))
      .returning('service_id')
      .executeTakeFirstOrThrow();
    return made.service_id;
  }
  const known = await tx
    .selectFrom('gateway.service')
    .select('service_id')
    .where('service_id', '=', service.serviceId)
    .executeTakeFirst();
  if (known) return known.service_id;
  throw new GatewayError(
    `There is no gateway service ${service.serviceId}: leave the id out to have one made under the service's name.`,
  );
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
    function_qualifier: definition.functionQualifier,
    integrated_response: definition.integratedResponse,
    enable_cors: definition.enableCors,
    base64_encoded: definition.base64Encoded,
    timeout_sec: definition.timeoutSec,
    settings: definition.settings,
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
    functionQualifier: row.function_qualifier,
    integratedResponse: row.integrated_response,
    enableCors: row.enable_cors,
    base64Encoded: row.base64_encoded,
    timeoutSec: row.timeout_sec,
    settings: row.settings,
  };
}
