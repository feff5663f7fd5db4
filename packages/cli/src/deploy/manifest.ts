/** A `serverless.yml` of the component scf, checked and with its defaults. */
export interface Manifest {
  app: string;
  stage: string;
  name?: string | undefined;
  inputs: ManifestInputs;
}

export interface ManifestInputs {
  name?: string | undefined;
  namespace: string;
  src: string | { src?: string | undefined; exclude: string[] };
  type: 'event' | 'web';
  handler: string;
  entryFile?: string | undefined;
  instanceConcurrencyConfig?: { maxConcurrency?: number | undefined } | undefined;
  publicAccess?: boolean | undefined;
  network?: 'all' | 'vodstack' | 'none' | undefined;
  msgTTL?: number | undefined;
  retryNum?: number | undefined;
  runtime: string;
  region: string;
  description: string;
  memorySize: number;
  timeout: number;
  initTimeout?: number | undefined;
  environment?: { variables?: Record<string, string> | null | undefined } | undefined;
  ignoreTriggers: boolean;
  events: ManifestEvent[];
}

/** One key each. Of the kinds that are not named here only the name is of interest. */
export interface ManifestEvent {
  apigw?: { parameters: ManifestApigw } | undefined;
  http?: { parameters: ManifestHttp } | undefined;
  timer?: { parameters: ManifestTimer } | undefined;
}

export interface ManifestApigw {
  name?: string | undefined;
  serviceId?: string | undefined;
  serviceName?: string | undefined;
  protocols?: ('http' | 'https')[] | undefined;
  environment: string;
  endpoints: ManifestEndpoint[];
}

export interface ManifestEndpoint {
  path: string;
  method: string;
  enableCORS: boolean;
  serviceTimeout?: number | undefined;
  isBase64Encoded?: boolean | undefined;
  isBase64Trigger?: boolean | undefined;
  base64EncodedTriggerRules?: unknown[] | undefined;
  param?: unknown[] | undefined;
  cors?: unknown;
  rateLimits?: unknown[] | undefined;
  auth?: { secretName: string } | undefined;
  function?: { isIntegratedResponse: boolean; functionQualifier?: string | undefined } | undefined;
}

export interface ManifestHttp {
  name: string;
  qualifier: string;
  authType: 'NONE' | 'CAM';
  netConfig?: { enableIntranet: boolean; enableExtranet: boolean } | undefined;
  corsConfig?:
    | {
        enable: boolean;
        origins?: string[] | undefined;
        methods?: string[] | undefined;
        headers?: string[] | undefined;
        exposeHeaders?: string[] | undefined;
        credentials?: boolean | undefined;
        maxAge?: number | undefined;
      }
    | undefined;
}

export interface ManifestTimer {
  name: string;
  qualifier: string;
  cronExpression: string;
  enable: boolean;
  argument?: string | undefined;
}
