import { z } from 'zod';
import type { Manifest } from './manifest.ts';

const text = z.coerce.string();
const flag = z.preprocess(
  (value) =>
    typeof value === 'string' ? /^(?:true|1|yes|on|open|enable)$/iu.test(value) : value === 1 || value,
  z.boolean(),
);
const list = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((each) => each.trim())
          .filter(Boolean)
      : value,
  z.array(z.string()),
);

const endpointSchema = z.looseObject({
  path: z.string().default('/'),
  method: z
    .string()
    .default('ANY')
    .transform((method) => method.toUpperCase()),
  enableCORS: flag.default(false),
  serviceTimeout: z.number().optional(),
  isBase64Encoded: flag.optional(),
  isBase64Trigger: flag.optional(),
  base64EncodedTriggerRules: z.array(z.unknown()).optional(),
  param: z.array(z.unknown()).optional(),
  cors: z.unknown().optional(),
  rateLimits: z.array(z.unknown()).optional(),
  auth: z.looseObject({ secretName: z.string() }).optional(),
  function: z
    .looseObject({ isIntegratedResponse: flag.default(false), functionQualifier: z.string().optional() })
    .optional(),
});

const apigwSchema = z.looseObject({
  name: z.string().optional(),
  serviceId: z.string().optional(),
  serviceName: z.string().optional(),
  protocols: z.array(z.enum(['http', 'https'])).optional(),
  environment: z.string().default('release'),
  endpoints: z.array(endpointSchema).default([]),
});

const httpSchema = z.looseObject({
  name: z.string().default('url-trigger'),
  qualifier: z.string().default('$DEFAULT'),
  authType: z.enum(['NONE', 'CAM']).default('NONE'),
  netConfig: z
    .looseObject({ enableIntranet: flag.default(false), enableExtranet: flag.default(false) })
    .optional(),
  corsConfig: z
    .looseObject({
      enable: flag.default(false),
      origins: list.optional(),
      methods: list.optional(),
      headers: list.optional(),
      exposeHeaders: list.optional(),
      credentials: flag.optional(),
      maxAge: z.number().optional(),
    })
    .optional(),
});

const timerSchema = z.looseObject({
  name: z.string().default('timer'),
  qualifier: z.string().default('$DEFAULT'),
  cronExpression: z.string(),
  enable: flag.default(true),
  argument: text.optional(),
});

/** One key each. Of the kinds that are not named here only the name is of interest. */
const eventSchema = z.looseObject({
  apigw: z.object({ parameters: apigwSchema }).optional(),
  http: z.object({ parameters: httpSchema.prefault({}) }).optional(),
  timer: z.object({ parameters: timerSchema }).optional(),
});

const sourceSchema = z.union([
  z.string(),
  z.looseObject({ src: z.string().optional(), exclude: z.array(z.string()).default([]) }),
]);

const inputsSchema = z.looseObject({
  name: text.optional(),
  namespace: z.string().default('default'),
  src: sourceSchema.default('./'),
  type: z.enum(['event', 'web']).default('event'),
  handler: z.string().default('index.main_handler'),
  entryFile: z.string().optional(),
  runtime: z.string().default('Nodejs10.15'),
  region: z.string().default('ap-guangzhou'),
  description: text.default(''),
  memorySize: z.number().default(128),
  timeout: z.number().default(3),
  initTimeout: z.number().optional(),
  instanceConcurrencyConfig: z.looseObject({ maxConcurrency: z.number().optional() }).optional(),
  publicAccess: flag.optional(),
  network: z.enum(['all', 'vodstack', 'none']).optional(),
  msgTTL: z.number().optional(),
  retryNum: z.number().optional(),
  environment: z.looseObject({ variables: z.record(z.string(), text).nullish() }).optional(),
  ignoreTriggers: flag.default(false),
  events: z.array(eventSchema).default([]),
});

/** `serverless.yml` of the component scf. Unknown keys stay, to be named in a note. */
export const manifestSchema: z.ZodType<Manifest> = z.looseObject({
  app: text.default('app'),
  stage: text.default('dev'),
  name: text.optional(),
  component: z.literal('scf', { error: 'must be scf: that is the component that can be deployed here' }),
  inputs: inputsSchema.prefault({}),
});
