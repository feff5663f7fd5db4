import type { FunctionService, GatewayPort } from '@vodstack/functions';
import { toUrlAddress, type FunctionUrl, type Gateway } from '@vodstack/gateway';

/** The gateway as the triggers of functions see it: with whole addresses, under which clients reach this server. */
export function createGatewayPort(gateway: () => Gateway, publicUrl: () => string): GatewayPort {
  return {
    async deployTrigger({ formerApiId, ...trigger }) {
      const { apiId, serviceId, path, keyPair } = await gateway().deployTrigger(trigger);
      const owner = { namespace: trigger.functionNamespace, name: trigger.functionName };
      if (formerApiId !== undefined && formerApiId !== apiId) await gateway().removeApi(formerApiId, owner);
      // What was asked for stays as it came: tools compare it with what they are about to ask for.
      const { api, service, ...rest } = JSON.parse(trigger.triggerDesc) as Record<string, object>;
      const triggerDesc = JSON.stringify({
        ...rest,
        api: { ...api, apiId, apiName: trigger.functionName, ...(keyPair ? { keyPair } : {}) },
        service: { ...service, serviceId, serviceType: 'SCF', subDomain: `${publicUrl()}${path}` },
      });
      return { apiId, triggerDesc };
    },
    removeApi: async (apiId, owner) => void (await gateway().removeApi(apiId, owner)),
  };
}

/** The function URL as the gateway serves it; undefined for one that is switched off or that no network reaches. */
export async function findFunctionUrl(
  functions: Pick<FunctionService, 'findUrl'>,
  urlId: string,
): Promise<FunctionUrl | undefined> {
  const url = await functions.findUrl(urlId);
  if (!url?.enabled) return undefined;
  const { AuthType, NetConfig, CorsConfig: cors } = url.settings;
  if (!NetConfig.EnableExtranet && !NetConfig.EnableIntranet) return undefined;
  const { namespace, functionName, qualifier, isWebFunction } = url;
  return {
    urlId,
    namespace,
    functionName,
    qualifier,
    authType: AuthType,
    isWebFunction,
    cors: cors.Enable
      ? {
          origins: cors.Origins ?? ['*'],
          methods: cors.Methods ?? ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
          headers: cors.Headers ?? ['*'],
          exposeHeaders: cors.ExposeHeaders ?? [],
          credentials: cors.Credentials ?? false,
          maxAgeSec: cors.MaxAge ?? 600,
        }
      : undefined,
  };
}

/** Where a function URL answers on this server. */
export function toFunctionUrl(publicUrl: () => string): (urlId: string) => string {
  return (urlId) => `${publicUrl()}${toUrlAddress(urlId)}`;
}
