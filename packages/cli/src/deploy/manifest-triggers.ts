import type { ManifestApigw, ManifestEvent, ManifestHttp, ManifestTimer } from './manifest.ts';
import type { TriggerPlan } from './plan.ts';

/** The triggers of one entry of `events`; none, and a note, when its kind cannot be had. */
export function toTriggers(event: ManifestEvent): { triggers: TriggerPlan[]; notes: string[] } {
  if (event.apigw) return { triggers: toApigwTriggers(event.apigw.parameters), notes: [] };
  if (event.http) return { triggers: [toHttpTrigger(event.http.parameters)], notes: [] };
  if (event.timer) return { triggers: [toTimerTrigger(event.timer.parameters)], notes: [] };
  const kind = Object.keys(event).join(', ');
  return { triggers: [], notes: [`Triggers of the kind "${kind}" cannot be had here: left out.`] };
}

function toApigwTriggers({
  name,
  serviceId,
  serviceName,
  protocols,
  environment,
  endpoints,
}: ManifestApigw): TriggerPlan[] {
  const base = name ?? serviceName ?? 'apigw';
  return endpoints.map((endpoint, index) => ({
    name: index === 0 ? base : `${base}-${index + 1}`,
    type: 'apigw',
    qualifier: endpoint.function?.functionQualifier ?? '$DEFAULT',
    isEnabled: true,
    desc: {
      api: withoutAbsent({
        authRequired: endpoint.auth ? 'TRUE' : 'FALSE',
        auth: endpoint.auth && { secretName: endpoint.auth.secretName },
        requestConfig: { method: endpoint.method, path: endpoint.path },
        isIntegratedResponse: toFlag(endpoint.function?.isIntegratedResponse),
        isBase64Encoded: toFlag(endpoint.isBase64Encoded),
        isBase64Trigger:
          endpoint.isBase64Trigger === undefined ? undefined : toFlag(endpoint.isBase64Trigger),
        base64EncodedTriggerRules: endpoint.base64EncodedTriggerRules,
        enableCORS: toFlag(endpoint.enableCORS),
        serviceTimeout: endpoint.serviceTimeout,
        param: endpoint.param,
        cors: endpoint.cors,
        rateLimits: endpoint.rateLimits,
      }),
      service: withoutAbsent({ serviceId, serviceName: serviceName ?? 'serverless', protocols }),
      release: { environmentName: environment },
    },
  }));
}

const toFlag = (value: boolean | undefined): string => (value === true ? 'TRUE' : 'FALSE');

export function toHttpTrigger({
  name,
  qualifier,
  authType,
  netConfig,
  corsConfig,
}: ManifestHttp): TriggerPlan {
  return {
    name,
    type: 'http',
    qualifier,
    isEnabled: true,
    desc: {
      AuthType: authType,
      // Without a word about the network the cloud's own tool makes a URL that nobody can reach.
      NetConfig: {
        EnableIntranet: netConfig?.enableIntranet ?? false,
        EnableExtranet: netConfig?.enableExtranet ?? true,
      },
      ...(corsConfig
        ? {
            CorsConfig: withoutAbsent({
              Enable: corsConfig.enable,
              Origins: corsConfig.origins,
              Methods: corsConfig.methods,
              Headers: corsConfig.headers,
              ExposeHeaders: corsConfig.exposeHeaders,
              Credentials: corsConfig.credentials,
              MaxAge: corsConfig.maxAge,
            }),
          }
        : {}),
    },
  };
}

function toTimerTrigger({ name, qualifier, cronExpression, enable, argument }: ManifestTimer): TriggerPlan {
  const timer = { name, type: 'timer', qualifier, isEnabled: enable, desc: cronExpression } as const;
  return argument === undefined ? timer : { ...timer, argument };
}

function withoutAbsent(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The real cloud makes no API Gateway triggers any more; a function URL answers the same way. */
export function toCloudTriggers(triggers: readonly TriggerPlan[]): {
  triggers: TriggerPlan[];
  notes: string[];
} {
  const rest = triggers.filter(({ type }) => type !== 'apigw');
  const apigw = triggers.find(({ type }) => type === 'apigw');
  if (!apigw) return { triggers: rest, notes: [] };
  const url: TriggerPlan = {
    name: 'url-trigger',
    type: 'http',
    qualifier: apigw.qualifier,
    isEnabled: true,
    desc: { AuthType: 'NONE', NetConfig: { EnableIntranet: false, EnableExtranet: true } },
  };
  const hasUrl = rest.some(({ type }) => type === 'http');
  return {
    triggers: hasUrl ? rest : [...rest, url],
    notes: ['The cloud makes no API Gateway triggers any more: the function gets a function URL instead.'],
  };
}
