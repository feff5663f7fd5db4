import { parseHttpSettings, type HttpSettings } from './trigger-settings.ts';
import type { Trigger } from './trigger-store.ts';

/** A function URL: what answers it, and for whom. */
export interface FunctionUrl {
  urlId: string;
  namespace: string;
  functionName: string;
  qualifier: string;
  enabled: boolean;
  /** Whether its requests go to the function as they are. */
  isWebFunction: boolean;
  settings: HttpSettings;
}

export function toFunctionUrl(trigger: Trigger, isWebFunction: boolean): FunctionUrl {
  return {
    urlId: trigger.resourceId ?? '',
    namespace: trigger.namespace,
    functionName: trigger.functionName,
    qualifier: trigger.qualifier,
    enabled: trigger.enabled,
    isWebFunction,
    settings: parseHttpSettings(trigger.settings),
  };
}
