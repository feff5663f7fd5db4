/** An API of the gateway as it is asked for. */
export interface ApiDraft {
  service: string;
  environment: string;
  method: string;
  path: string;
  /** Empty: by the function's own time. */
  timeoutSec: string | number;
  isIntegrated: boolean;
  hasCors: boolean;
  isBase64: boolean;
  /** Name of the key pair that callers sign with; empty: none. */
  keyName: string;
  /** Requests per second; empty: no limit. */
  rate: string | number;
}

export const METHODS: readonly string[] = ['ANY', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE'];
export const ENVIRONMENTS = ['release', 'prepub', 'test'] as const;

export function newApiDraft(functionName: string): ApiDraft {
  return {
    service: 'SCF_API_SERVICE',
    environment: 'release',
    method: 'ANY',
    path: `/${functionName}`,
    timeoutSec: '',
    isIntegrated: true,
    hasCors: false,
    isBase64: false,
    keyName: '',
    rate: '',
  };
}

/** CreateTrigger's TriggerDesc (docs/gateway.md). */
export function toTriggerDesc(draft: ApiDraft): string {
  const { service, environment, method, path, timeoutSec, rate, keyName } = draft;
  return JSON.stringify({
    api: {
      requestConfig: { method, path },
      isIntegratedResponse: toFlag(draft.isIntegrated),
      enableCORS: toFlag(draft.hasCors),
      isBase64Encoded: toFlag(draft.isBase64),
      ...(timeoutSec === '' ? {} : { serviceTimeout: Number(timeoutSec) }),
      ...(keyName === ''
        ? { authRequired: 'FALSE' }
        : { authRequired: 'TRUE', auth: { secretName: keyName } }),
      ...(rate === '' ? {} : { rateLimits: [{ per: 'api', unit: 'second', limit: Number(rate) }] }),
    },
    service: { serviceName: service },
    release: { environmentName: environment },
  });
}

function toFlag(value: boolean): string {
  return value ? 'TRUE' : 'FALSE';
}

/** Triggers need a name of their own; nobody has to think of one for an API. */
export function newTriggerName(functionName: string): string {
  return `${functionName.slice(0, 60)}-${Date.now().toString(36)}`;
}
