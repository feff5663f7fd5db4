import { z } from 'zod';
import { METHODS, type ApiSettings, type Environment } from './api.ts';
import { ENVIRONMENTS } from './api.ts';
import { GatewayError } from './gateway-error.ts';
import { RATE_UNITS } from './rate-limits.ts';

/** What a trigger's description says about its API. */
export interface ApiTrigger {
  service: { serviceId: string } | { serviceName: string };
  environment: Environment;
  /** Undefined: named after the function, as the cloud does. */
  path: string | undefined;
  method: (typeof METHODS)[number];
  integratedResponse: boolean;
  enableCors: boolean;
  base64Encoded: boolean;
  timeoutSec: number;
  settings: Omit<ApiSettings, 'secretIds'>;
  /** The key pair that callers need; undefined: none. */
  secretName: string | undefined;
}

/** The vendor's tools send "TRUE", "true", 1 and true. */
const flag = z.preprocess(
  (value) => (typeof value === 'string' ? /^(?:true|1|yes|on)$/iu.test(value) : value === 1 || value),
  z.boolean(),
);
const list = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(/[,;]/u).map((each) => each.trim()) : value),
  z.array(z.string().min(1).max(300)).max(100),
);

const corsSchema = z.object({
  origins: list.default(['*']),
  methods: list.default(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']),
  headers: list.default(['*']),
  exposeHeaders: list.default([]),
  credentials: flag.default(false),
  maxAge: z.number().int().min(0).max(86_400).default(600),
});

const base64Rule = z.object({
  name: z.string().regex(/^(?:content-type|accept)$/iu),
  value: z.array(z.string().min(1).max(200)).max(10),
});

const parameterSchema = z.object({
  name: z.string().min(1).max(100),
  position: z.string().regex(/^(?:header|query|path)$/iu),
  required: flag.default(false),
  defaultValue: z.coerce.string().max(1000).optional(),
});

const rateLimit = z.object({
  per: z.enum(['api', 'ip', 'key']).default('api'),
  unit: z.enum(RATE_UNITS).default('second'),
  limit: z.number().int().min(1),
});

const apiSchema = z.object({
  requestConfig: z
    .object({ method: z.enum(METHODS).default('ANY'), path: z.string().optional() })
    .prefault({}),
  isIntegratedResponse: flag.default(false),
  isBase64Encoded: flag.default(false),
  isBase64Trigger: flag.default(false),
  base64EncodedTriggerRules: z.array(base64Rule).max(10).optional(),
  enableCORS: flag.default(false),
  cors: corsSchema.optional(),
  serviceTimeout: z.number().int().min(1).max(1800).default(15),
  param: z.array(parameterSchema).max(100).optional(),
  rateLimits: z.array(rateLimit).max(20).optional(),
  authRequired: flag.default(false),
  auth: z.object({ secretName: z.string().min(1).max(50) }).optional(),
});

const triggerSchema = z.object({
  api: apiSchema.prefault({}),
  service: z
    .object({
      serviceId: z.string().optional(),
      serviceName: z.string().optional(),
      protocols: z
        .array(z.enum(['http', 'https']))
        .min(1)
        .optional(),
    })
    .prefault({}),
  release: z.object({ environmentName: z.enum(ENVIRONMENTS).default('release') }).prefault({}),
});

/** Where the cloud puts APIs that name no service. */
const DEFAULT_SERVICE_NAME = 'SCF_API_SERVICE';

/**
 * Reads the TriggerDesc of a trigger of type `apigw` (583/39901): `{"api":{…},"service":{…},"release":{…}}`. Beyond what the cloud
 * documents it takes what `serverless.yml` says about an endpoint, and `api.cors`, `api.rateLimits`.
 *
 * @throws GatewayError that says what is wrong
 */
export function parseApiTrigger(triggerDesc: string): ApiTrigger {
  const parsed = triggerSchema.safeParse(parseJson(triggerDesc));
  if (!parsed.success)
    throw new GatewayError(`The trigger's description cannot be used: ${z.prettifyError(parsed.error)}`);
  const { api, service, release } = parsed.data;
  return {
    service: service.serviceId
      ? { serviceId: service.serviceId }
      : { serviceName: service.serviceName || DEFAULT_SERVICE_NAME },
    environment: release.environmentName,
    path: api.requestConfig.path,
    method: api.requestConfig.method,
    integratedResponse: api.isIntegratedResponse,
    enableCors: api.enableCORS,
    base64Encoded: api.isBase64Encoded,
    timeoutSec: api.serviceTimeout,
    settings: toSettings(api, service.protocols),
    secretName: api.auth?.secretName ?? (api.authRequired ? DEFAULT_SERVICE_NAME : undefined),
  };
}

function toSettings(
  { cors, isBase64Trigger, base64EncodedTriggerRules: rules, param, rateLimits }: z.infer<typeof apiSchema>,
  protocols: ('http' | 'https')[] | undefined,
): ApiTrigger['settings'] {
  return {
    ...(cors ? { cors: toCorsPolicy(cors) } : {}),
    ...(isBase64Trigger && rules
      ? {
          base64Rules: rules.map(({ name, value }) => ({
            header: name.toLowerCase() === 'accept' ? 'accept' : 'content-type',
            values: value,
          })),
        }
      : {}),
    ...(param ? { parameters: param.flatMap(toParameter) } : {}),
    ...(rateLimits ? { rateLimits } : {}),
    ...(protocols ? { protocols } : {}),
  };
}

function toCorsPolicy({ maxAge, ...cors }: z.infer<typeof corsSchema>): NonNullable<ApiSettings['cors']> {
  return { ...cors, maxAgeSec: maxAge };
}

/** Path parameters follow from the path. */
function toParameter({
  name,
  position,
  required,
  defaultValue,
}: z.infer<typeof parameterSchema>): NonNullable<ApiSettings['parameters']>[number][] {
  const place = position.toLowerCase();
  if (place !== 'header' && place !== 'query') return [];
  return [{ name, position: place, required, ...(defaultValue === undefined ? {} : { defaultValue }) }];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GatewayError(
      `The trigger's description must be a JSON object, got ${JSON.stringify(text.slice(0, 60))}.`,
    );
  }
}
