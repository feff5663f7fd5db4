import { queryOptions } from '@tanstack/react-query';

import type { Api as Server } from '../../shared/api/api.ts';
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
import { queryKeys } from '../../shared/api/query-keys.ts';

const api = object({
  apiId: text,
  environment: text,
  path: text,
  method: text,
  functionNamespace: text,
  functionName: text,
  functionQualifier: text,
  integratedResponse: boolean,
  enableCors: boolean,
  base64Encoded: boolean,
  timeoutSec: number,
  url: text,
  settings: object({
    cors: nullable(record),
    secretIds: withDefault(list(text), []),
    rateLimits: withDefault(list(object({ per: text, unit: text, limit: number })), []),
    parameters: withDefault(list(record), []),
    isWebFunction: withDefault(boolean, false),
    protocols: withDefault(list(text), []),
  }),
});
const service = object({ serviceId: text, name: text, host: text, apis: list(api) });

export type GatewayApi = Decoded<typeof api>;
export type GatewayService = Decoded<typeof service>;

export function gatewayQuery(server: Server) {
  return queryOptions({
    queryKey: queryKeys.gateway,
    queryFn: ({ signal }) => server.request('/gateway', list(service), { signal }),
  });
}

const functionNames = list(object({ name: text, namespace: text }));

/** What an API can call. */
export function functionNamesQuery(server: Server) {
  return queryOptions({
    queryKey: [...queryKeys.functions, 'names'],
    queryFn: ({ signal }) => server.request('/functions', functionNames, { signal }),
  });
}
